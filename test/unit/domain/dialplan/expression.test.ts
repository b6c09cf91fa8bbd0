import assert from "node:assert/strict";
import { evaluateExpression, type ExpressionResult } from "#domain/dialplan/expression";
import { REGEX_WORK_MAX } from "#domain/dialplan/regex";

function evaluate(text: string): ExpressionResult {
  return evaluateExpression(text, { left: REGEX_WORK_MAX });
}

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
      assert.equal(evaluate(text).value, value);
    });

  it("tells what cannot be worked out", () => {
    const problems = ["1 +", "a * 2", "5 % 0", '"x" =~ "["', "1 + 1"].map((text) => evaluate(text).problem);
    assert.deepEqual(problems, ["unreadable", "arithmetic", "arithmetic", "regex", undefined]);
  });

  it("gives up on regular expressions once an event has spent its share on them", () => {
    const work = { left: 1000 };
    const text = `"${"a".repeat(400)}" =~ "a*b"`;
    assert.deepEqual(evaluateExpression(text, work), { value: "0", problem: "regex" });
    assert.ok(work.left <= 0);
    assert.deepEqual(evaluateExpression('"a" =~ "a"', work).problem, "regex");
  });

  it("bears hostile texts: nesting and regular expressions that would run for ever elsewhere (X-24)", () => {
    assert.equal(evaluate("(".repeat(4096)).value, "");
    assert.equal(evaluate("!".repeat(4096)).value, "");
    assert.equal(evaluate("1?".repeat(2048)).value, "");
    assert.equal(evaluate(`"${"a".repeat(4000)}" =~ "^(a+)+(a|aa)*([a-z]*)*b$"`).value, "");
    assert.equal(evaluate('"a" =~ "((a{1,99}){1,99}){1,99}"').value, "0");
    assert.equal(evaluate(`"${"a".repeat(4000)}" =~ "${"a*".repeat(120)}b"`).value, "0");
  });
});
