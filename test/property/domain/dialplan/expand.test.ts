import assert from "node:assert/strict";
import fc from "fast-check";
import { expand, substring } from "#domain/dialplan/expand";
import { evaluateExpression } from "#domain/dialplan/expression";
import { isPlain, parseTemplate } from "#domain/dialplan/template";
import { compileRegex } from "#domain/dialplan/regex-program";
import { matchRegex } from "#domain/dialplan/regex";

const SCOPE = { variable: (name: string) => (name === "V" ? "value" : ""), call: () => "called", warn: () => undefined };

/** Asterisk's rule, character by character. */
function slowSubstring(value: string, offset: number, length: number): string {
  const characters = Array.from(value);
  const start = offset < 0 ? Math.max(characters.length + offset, 0) : offset;
  const end = length < 0 ? characters.length + length : start + length;
  return characters.filter((_, at) => at >= start && at < end).join("");
}

type Tree = number | readonly [string, Tree, Tree] | readonly ["!" | "-", Tree];
const OPERATORS = ["+", "-", "*", "|", "&", "=", "!=", "<", ">", "<=", ">="];

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.nat(50),
    fc.tuple(fc.constantFrom(...OPERATORS), tie("tree"), tie("tree")),
    fc.tuple(fc.constantFrom("!" as const, "-" as const), tie("tree")),
  ),
})).tree;

function written(node: Tree): string {
  if (typeof node === "number") return String(node);
  return node.length === 2 ? `${node[0]}(${written(node[1])})` : `(${written(node[1])} ${node[0]}${written(node[2])})`;
}

function worth(node: Tree): number {
  if (typeof node === "number") return node;
  if (node.length === 2) return node[0] === "!" ? Number(worth(node[1]) === 0) : 0 - worth(node[1]);
  const [left, right] = [worth(node[1]), worth(node[2])];
  switch (node[0]) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "|":
      return left !== 0 ? left : right;
    case "&":
      return left !== 0 && right !== 0 ? left : 0;
    case "=":
      return Number(left === right);
    case "!=":
      return Number(left !== right);
    case "<":
      return Number(left < right);
    case ">":
      return Number(left > right);
    case "<=":
      return Number(left <= right);
    default:
      return Number(left >= right);
  }
}

describe("what is filled in", () => {
  it("cuts substrings as going through the characters does", () => {
    const offset = fc.integer({ min: -12, max: 12 });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{0,8}$/), offset, offset, (value, from, length) => {
        assert.equal(substring(value, from, length), slowSubstring(value, from, length));
        assert.equal(substring(value, from), slowSubstring(value, from, 100));
      }),
    );
  });

  it("reckons with whole numbers as JavaScript does", () => {
    fc.assert(
      fc.property(tree, (node) => {
        const value = worth(node);
        fc.pre(Number.isSafeInteger(value));
        assert.equal(evaluateExpression(written(node)).value, String(value === 0 ? 0 : value));
      }),
      { numRuns: 500 },
    );
  });

  it("follows precedence without parentheses", () => {
    const numbers = fc.array(fc.tuple(fc.constantFrom("+", "-", "*"), fc.nat(9)), { maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(9), numbers, (first, more) => {
        const text = `${first}${more.map(([operator, value]) => ` ${operator} ${value}`).join("")}`;
        const value = text.split(/ (?=[+-])/).reduce((sum, term) => {
          const factors = term
            .replace(/^[+-] /, "")
            .split(" * ")
            .reduce((product, factor) => product * Number(factor), 1);
          return term.startsWith("-") ? sum - factors : sum + factors;
        }, 0);
        assert.equal(evaluateExpression(text).value, String(value));
      }),
    );
  });

  it("never fails and never grows past 4,096 characters, whatever the text", () => {
    const hostile = fc.array(
      fc.constantFrom("${", "$[", "}", "]", "(", ")", ":", "V", "1", "-", "LEN(", "NOPE(", "?", '"', "=~", "\\", "é"),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(hostile, (pieces) => {
        const text = pieces.join("");
        const template = parseTemplate(text);
        assert.ok(expand(template, SCOPE).length <= 4096);
        if (isPlain(template)) assert.equal(expand(template, SCOPE), text);
        for (const { offset } of template.mistakes) assert.ok(offset >= 0 && offset <= text.length);
        for (const { name, offset } of template.functions) assert.equal(text.slice(offset, offset + name.length), name);
      }),
      { numRuns: 1000 },
    );
  });

  it("matches regular expressions as JavaScript does where both say the same", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "(a)", "(ab)", "(a|b)", "\\.");
    const regex = fc.array(fc.tuple(atom, fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,2}")), { maxLength: 4 });
    fc.assert(
      fc.property(regex, fc.boolean(), fc.stringMatching(/^[ab.]{0,8}$/), (pieces, anchored, text) => {
        // Without groups, which are numbered the same but may be filled otherwise.
        const source = pieces.map(([one, count]) => one.replace("(", "(?:") + count).join("");
        const ours = pieces.map(([one, count]) => one + count).join("");
        const program = compileRegex(ours);
        assert.ok(program !== undefined);
        const found = new RegExp(anchored ? `^(?:${source})` : source).exec(text);
        const answer = matchRegex(ours, text, anchored);
        if (program.groups === 0) assert.equal(answer, String(found?.[0].length ?? 0));
        else if (found === null) assert.equal(answer, "");
      }),
      { numRuns: 500 },
    );
  });
});
