import assert from "node:assert/strict";
import { comparePatterns, matchesExtension, parsePattern, patternWantsMore } from "#domain/dialplan/pattern";

describe("patterns (sla.md §5.4)", () => {
  const rows: [string, string[], string[]][] = [
    ["_X.", ["55", "1abc"], ["5", "s", ""]],
    ["_1NXXNXXXXXX", ["12565551212"], ["10565551212", "2565551212", "125655512120"]],
    ["_tru[n]kX", ["trunk1", "trunk9", "trunk0"], ["trunk", "trunk12", "tru5k1", "TRUNK1"]],
    ["_trunkX", ["tru5k1"], ["trunk1"]],
    ["_LX!", ["L1", "L1-0000FFFF0005_T1", "L25"], ["L", "LX", "l1"]],
    ["_x", ["0"], ["x"]],
    ["_z", ["1"], ["0"]],
    ["_n", ["2", "9"], ["1", "n"]],
    ["_[abc]", ["a", "c"], ["d", ""]],
    ["_[a-cx-z]", ["b", "y"], ["d", "-"]],
    ["_[]5", ["5"], ["[5", "55"]],
    ["_[12", [], ["1", "[12", ""]],
    ["_[5-1]", [], ["5", "1", "3"]],
    ["_5-5", ["55", "5-5", "--55-"], ["5"]],
    ["_", [""], ["_", "1"]],
    ["_!", ["", "x"], []],
    ["_.", ["x"], ["", "-"]],
    ["_5!6", ["5", "56", "57"], ["6"]],
    ["5001-phone1", ["5001-phone1", "5001phone1"], ["5001"]],
    ["s", ["s", "-s"], ["S"]],
  ];
  for (const [pattern, matching, others] of rows)
    it(`${pattern} matches ${matching.join(" ")} and not ${others.join(" ")}`, () => {
      for (const dialled of matching) assert.ok(matchesExtension(pattern, dialled), dialled);
      for (const dialled of others) assert.ok(!matchesExtension(pattern, dialled), dialled);
    });

  it("are tried most special first: exact, literals, sets by size with N Z X, then . and ! and the end", () => {
    const ordered = ["12", "_1", "_2", "_[35]", "_[34]", "_[12345678]", "_N5", "_N", "_Z", "_X1", "_XX", "_X."];
    assert.deepEqual(ordered.toReversed().sort(comparePatterns), ordered);
    assert.deepEqual(["_X", "_X!", "_.", "_X.", "_!", "_"].sort(comparePatterns), ["_X.", "_X!", "_X", "_.", "_!", "_"]);
  });

  it("are one entry when only their spelling differs", () => {
    assert.equal(comparePatterns("_X-x", "_xX"), 0);
    assert.equal(comparePatterns("_[n]", "_[nn]"), 0);
    assert.equal(comparePatterns("50-01", "5001"), 0);
    assert.notEqual(comparePatterns("_5", "5"), 0);
  });

  it("want more digits until they are whole; ! never does once it matches", () => {
    const wants = (pattern: string, dialled: string): boolean => patternWantsMore(parsePattern(pattern), dialled);
    assert.ok(wants("_XX", "1") && !wants("_XX", "11") && !wants("_XX", "a"));
    assert.ok(wants("_X.", "1") && wants("_X.", "11"));
    assert.ok(wants("_XX!", "1") && !wants("_XX!", "11") && !wants("_XX!", "111"));
    assert.ok(!wants("_[1", "") && wants("_1-2", "1-"));
  });

  it("bear hostile sets: a huge range and 100,000 brackets end soon", () => {
    assert.ok(matchesExtension("_[\u0000-\uffff]", "1"));
    assert.ok(matchesExtension(`_${"[0-9]".repeat(100_000)}`, "1".repeat(100_000)));
    assert.ok(!matchesExtension(`_${"[".repeat(100_000)}`, "1"));
  });
});
