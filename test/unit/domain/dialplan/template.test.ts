import assert from "node:assert/strict";
import { isPlain, NESTING_MAX, parseTemplate } from "#domain/dialplan/template";

describe("parseTemplate (sla.md §5.6)", () => {
  it("parts names, substrings, functions and expressions", () => {
    assert.deepEqual(parseTemplate("T${EXTEN:1:-2}x").parts, [
      "T",
      { kind: "variable", name: ["EXTEN"], slice: { offset: ["1"], length: ["-2"] } },
      "x",
    ]);
    assert.deepEqual(parseTemplate("${A${B}}").parts, [{ kind: "variable", name: ["A", { kind: "variable", name: ["B"] }] }]);
    assert.deepEqual(parseTemplate("${LEN(${A}:b):0:1}").parts, [
      {
        kind: "function",
        name: "LEN",
        args: [{ kind: "variable", name: ["A"] }, ":b"],
        slice: { offset: ["0"], length: ["1"] },
      },
    ]);
    assert.deepEqual(parseTemplate('$["${A}" =~ "[0-9]"]').parts, [
      { kind: "expression", text: ['"', { kind: "variable", name: ["A"] }, '" =~ "[0-9]"'] },
    ]);
    assert.ok(isPlain(parseTemplate("a $ b } ] {")) && !isPlain(parseTemplate("${A}")));
  });

  it("tells functions that are not evaluated, with their place (SLA-W21)", () => {
    const { functions, mistakes } = parseTemplate("${CALLERID(num)} ${SHELL(rm ${NOPE(1)})}");
    assert.deepEqual(
      functions.map(({ name }) => name),
      ["CALLERID", "NOPE", "SHELL"],
    );
    assert.deepEqual(mistakes, [
      { kind: "function", offset: 30, text: "NOPE" },
      { kind: "function", offset: 19, text: "SHELL" },
    ]);
  });

  it("tells what is not closed, with its place, and takes it to the end", () => {
    const { parts, mistakes } = parseTemplate("ab${EXTEN:1");
    assert.deepEqual(mistakes, [{ kind: "unclosed", offset: 2, text: "${" }]);
    assert.deepEqual(parts, ["ab", { kind: "variable", name: ["EXTEN"], slice: { offset: ["1"] } }]);
    assert.deepEqual(parseTemplate("$[1").mistakes, [{ kind: "unclosed", offset: 0, text: "$[" }]);
  });

  it("goes 32 deep and no deeper, whatever the text", () => {
    const deep = (count: number): string => "${".repeat(count) + "A" + "}".repeat(count);
    assert.deepEqual(parseTemplate(deep(NESTING_MAX)).mistakes, []);
    assert.equal(parseTemplate(deep(NESTING_MAX + 1)).mistakes[0]?.kind, "nesting");
    assert.ok(parseTemplate("${".repeat(100_000)).mistakes.length <= 20);
    assert.ok(parseTemplate("${:(".repeat(100_000)).mistakes.length <= 20);
  });
});
