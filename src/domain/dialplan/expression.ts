import { matchRegex } from "./regex.ts";
import { type Token, tokensOf } from "./expression-tokens.ts";

/**
 * `$[…]` once its variables are filled in (Asterisk's ast_expr2). From loose to tight: `? ::`, `|`, `&`, comparisons, `+ -`, `* / %`,
 * `!` and unary `-`, `:` and `=~`, parentheses. Values are texts; two that look like numbers are compared and reckoned with as numbers.
 */
export interface ExpressionResult {
  /** "" when the expression is wrong, as in Asterisk. */
  readonly value: string;
  readonly warning?: string;
}

/** Parentheses and signs within each other. */
const DEPTH_MAX = 32;

/** Works an expression out; never throws, and takes time in proportion to its length (that of a regular expression: times the text). */
export function evaluateExpression(text: string): ExpressionResult {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return { value: "" };
  const parser = new ExpressionParser(tokens);
  const value = parser.conditional(0);
  if (value === undefined || !parser.done) return { value: "", warning: "an expression $[…] that cannot be read gives nothing" };
  return parser.warning === undefined ? { value } : { value, warning: parser.warning };
}

type Operand = string | undefined;
type Binary = (left: string, right: string) => string;

class ExpressionParser {
  warning: string | undefined;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  conditional(depth: number): Operand {
    const condition = this.#binary(0, depth);
    if (condition === undefined || !this.#take("?")) return condition;
    const yes = depth < DEPTH_MAX ? this.conditional(depth + 1) : undefined;
    if (yes === undefined || !this.#take("::")) return undefined;
    const no = depth < DEPTH_MAX ? this.conditional(depth + 1) : undefined;
    if (no === undefined) return undefined;
    return isTrue(condition) ? yes : no;
  }

  /** Operators of one level are taken from left to right. */
  #binary(level: number, depth: number): Operand {
    const operators = this.#levels[level];
    if (operators === undefined) return this.#unary(depth);
    let left = this.#binary(level + 1, depth);
    while (left !== undefined) {
      const operator = this.#operator();
      const apply = operator === undefined ? undefined : operators.get(operator);
      if (apply === undefined) return left;
      this.#at += 1;
      const right = this.#binary(level + 1, depth);
      left = right === undefined ? undefined : apply(left, right);
    }
    return undefined;
  }

  #unary(depth: number): Operand {
    if (depth > DEPTH_MAX) return undefined;
    if (this.#take("!")) {
      const operand = this.#unary(depth + 1);
      return operand === undefined ? undefined : truth(!isTrue(operand));
    }
    if (this.#take("-")) {
      const operand = this.#unary(depth + 1);
      return operand === undefined ? undefined : this.#reckon((_, value) => -value)("0", operand);
    }
    return this.#matched(depth);
  }

  #matched(depth: number): Operand {
    let left = this.#primary(depth);
    while (left !== undefined) {
      const anchored = this.#take(":");
      if (!anchored && !this.#take("=~")) return left;
      const pattern = this.#primary(depth);
      left = pattern === undefined ? undefined : this.#match(left, pattern, anchored);
    }
    return undefined;
  }

  /** What the first group took, or how many characters matched where there is no group. */
  #match(text: string, pattern: string, anchored: boolean): string {
    const result = matchRegex(pattern, text, anchored);
    if (result === undefined) {
      this.warning = "a regular expression that cannot be read, or is too large, matches nothing";
      return "0";
    }
    return result;
  }

  #primary(depth: number): Operand {
    const token = this.#tokens[this.#at];
    if (token?.kind === "value") {
      this.#at += 1;
      return token.text;
    }
    if (depth >= DEPTH_MAX || !this.#take("(")) return undefined;
    const inside = this.conditional(depth + 1);
    return inside !== undefined && this.#take(")") ? inside : undefined;
  }

  #operator(): string | undefined {
    const token = this.#tokens[this.#at];
    return token?.kind === "operator" ? token.text : undefined;
  }

  #take(operator: string): boolean {
    if (this.#operator() !== operator) return false;
    this.#at += 1;
    return true;
  }

  /** Arithmetic; what is no number makes the whole 0, as in Asterisk, and so does a division by zero. */
  #reckon(apply: (left: number, right: number) => number): Binary {
    return (left, right) => {
      const [one, other] = [numberOf(left), numberOf(right)];
      const result = one === undefined || other === undefined ? NaN : apply(one, other);
      if (Number.isFinite(result)) return written(result);
      this.warning = "arithmetic on something that is no number, or by zero, gives 0";
      return "0";
    };
  }

  readonly #levels: readonly ReadonlyMap<string, Binary>[] = [
    new Map<string, Binary>([["|", (left, right) => (isTrue(left) ? left : right)]]),
    new Map<string, Binary>([["&", (left, right) => (isTrue(left) && isTrue(right) ? left : "0")]]),
    new Map<string, Binary>([
      ["=", (left, right) => truth(compare(left, right) === 0)],
      ["==", (left, right) => truth(compare(left, right) === 0)],
      ["!=", (left, right) => truth(compare(left, right) !== 0)],
      ["<", (left, right) => truth(compare(left, right) < 0)],
      [">", (left, right) => truth(compare(left, right) > 0)],
      ["<=", (left, right) => truth(compare(left, right) <= 0)],
      [">=", (left, right) => truth(compare(left, right) >= 0)],
    ]),
    new Map<string, Binary>([
      ["+", this.#reckon((left, right) => left + right)],
      ["-", this.#reckon((left, right) => left - right)],
    ]),
    new Map<string, Binary>([
      ["*", this.#reckon((left, right) => left * right)],
      ["/", this.#reckon((left, right) => left / right)],
      ["%", this.#reckon((left, right) => Math.trunc(left) % Math.trunc(right))],
    ]),
  ];
}

/** Empty and zero are false. */
function isTrue(value: string): boolean {
  return value !== "" && numberOf(value) !== 0;
}

function truth(is: boolean): string {
  return is ? "1" : "0";
}

function compare(left: string, right: string): number {
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one !== undefined && other !== undefined) return one - other;
  return left < right ? -1 : Number(left > right);
}

/** Digits of a number; longer ones are texts. */
const NUMBER = /^-?\d{1,300}(?:\.\d{1,300})?$/;

function numberOf(value: string): number | undefined {
  return NUMBER.test(value) ? Number(value) : undefined;
}

/** Fifteen digits: what a double keeps for certain, so that 0.1 + 0.2 is 0.3. */
function written(value: number): string {
  const rounded = Number.isSafeInteger(value) ? value : Number(value.toPrecision(15));
  return rounded === 0 ? "0" : String(rounded);
}
