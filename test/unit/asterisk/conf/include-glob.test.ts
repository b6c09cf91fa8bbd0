import assert from "node:assert/strict";
import { expandBraces, fitsGlob, isWildcard } from "#asterisk/conf/include-glob";

describe("a pattern of file names", () => {
  it("fits as in a shell", () => {
    const cases: [string, string, boolean][] = [
      ["*.conf", "a.conf", true],
      ["*.conf", ".conf", false],
      [".*", ".hidden", true],
      ["*.conf", "a.conf~", false],
      ["a?c", "abc", true],
      ["a?c", "ac", false],
      ["[a-c]x[0-9]", "bx7", true],
      ["[!a-c]x", "bx", false],
      ["[^a-c]x", "dx", true],
      ["[]x]", "]", true],
      ["[a-]", "-", true],
      ["[a", "[a", true],
      ["**a**", "bab", true],
      ["a*b*c", "a1b2b3c", true],
      ["a*b*c", "a1b2b3", false],
      ["", "", true],
    ];
    for (const [pattern, name, fits] of cases) assert.equal(fitsGlob(pattern, name), fits, `${pattern} ${name}`);
  });

  it("with many stars takes no more steps than both lengths allow", () => {
    assert.equal(fitsGlob(`${"*a".repeat(2000)}b`, "a".repeat(4000)), false);
  });

  it("stands for its alternatives in the order they are written", () => {
    assert.deepEqual(expandBraces("a{b,c{d,e}}f"), ["abf", "acdf", "acef"]);
    assert.deepEqual(expandBraces("{a{b,c}"), ["{ab", "{ac"]);
    assert.deepEqual(expandBraces("{1,2}{a}{x,y}"), ["1{a}x", "1{a}y", "2{a}x", "2{a}y"]);
    assert.deepEqual(expandBraces("{x,}y"), ["xy", "y"]);
    for (const plain of ["a", "{a}", "{", "}{", "{a,b"]) assert.deepEqual(expandBraces(plain), [plain]);
    assert.deepEqual(expandBraces("{a,b}".repeat(20)).length, 1);
    assert.deepEqual(["a", "a*", "a?", "[a]", "{a,b}"].map(isWildcard), [false, true, true, true, true]);
  });
});
