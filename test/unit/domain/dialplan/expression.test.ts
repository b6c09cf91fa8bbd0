import assert from "node:assert/strict";
import { evaluateExpression } from "#domain/dialplan/expression";

describe("evaluateExpression: $[…] as Asterisk's ast_expr2", () => {
  const rows: [string, string][] = [
    ["1 + 2 * 3", "7"],
    ["(1+2)*3", "9"],
    ["7/2", "3.5"],
    ["7 % 4", "3"],
    ["-7 % 4", "-3"],
    ["0.1 + 0.2", "0.3"],
    ["10 - 2 - 3", "5"],
    ["1/0", "0"],
    ["a + 1", "0"],
    ["-3 + 5", "2"],
    ["!0", "1"],
    ["!abc", "0"],
    ["1 = 1.0", "1"],
    ['"1" = 1', "1"],
    ["9 < 10", "1"],
    ["a9 > a10", "1"],
    ['"a b" = "a b"', "1"],
    ['"" != ""', "0"],
    ["0 | abc", "abc"],
    ["x | 1", "x"],
    ["x & y", "x"],
    ["x & 0", "0"],
    ["1 & 2 | 3", "1"],
    ["1 ? yes :: no", "yes"],
    ["0 ? yes :: 1 ? a :: b", "a"],
    ["1 <= 1 & 2 >= 3", "0"],
    ["12565551212 > 2147483647", "1"],
    ["", ""],
    ["= abc", ""],
    ["1 +", ""],
    ["(1", ""],
    ["a b", ""],
    ['"SIP/123" : "SIP/([0-9]+)"', "123"],
    ['"SIP/123" : "IP"', "0"],
    ['"SIP/123" =~ "IP"', "2"],
    ['"12565551212" =~ "^1[2-9][0-9]{9}$"', "11"],
    ['"x" =~ "(y)"', ""],
    ['! "x" =~ "y"', "1"],
    ['"abc" =~ "[[:alpha:]]+"', "3"],
    ['"ab" =~ "a|ab"', "2"],
    ['"a.c" =~ "a\\.c"', "3"],
    ['"aaa" =~ "(a*)*"', "aaa"],
    ['"x" =~ "("', "0"],
  ];
  for (const [text, value] of rows)
    it(`${text} → "${value}"`, () => {
      assert.equal(evaluateExpression(text).value, value);
    });

  it("warns of what cannot be worked out", () => {
    for (const text of ["1 +", "a * 2", "5 % 0", '"x" =~ "["'])
      assert.notEqual(evaluateExpression(text).warning, undefined, text);
    assert.equal(evaluateExpression("1 + 1").warning, undefined);
  });

  it("bears hostile texts: nesting and regular expressions that would run for ever elsewhere", () => {
    assert.equal(evaluateExpression("(".repeat(4096)).value, "");
    assert.equal(evaluateExpression("!".repeat(4096)).value, "");
    assert.equal(evaluateExpression("1?".repeat(2048)).value, "");
    assert.equal(evaluateExpression(`"${"a".repeat(4000)}" =~ "^(a+)+(a|aa)*([a-z]*)*b$"`).value, "");
    assert.equal(evaluateExpression('"a" =~ "((a{1,99}){1,99}){1,99}"').value, "0");
    assert.equal(evaluateExpression(`"${"a".repeat(4000)}" =~ "${"a*".repeat(120)}b"`).value, "0");
  });
});
