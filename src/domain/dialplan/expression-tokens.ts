/** A value (number, word or quoted text, without its quotes) or an operator. */
export interface Token {
  readonly kind: "value" | "operator";
  readonly text: string;
}

/** Longer ones first. */
const OPERATORS = ["::", "=~", "==", "!=", "<=", ">=", "|", "&", "=", "<", ">", "+", "-", "*", "/", "%", "!", ":", "?", "(", ")"];
/** Characters that end a word. */
const SPECIAL = new Set(["|", "&", "=", "<", ">", "+", "-", "*", "/", "%", "!", ":", "?", "(", ")", '"', " ", "\t"]);

/** The words of an expression. A quote that is not closed reaches to the end. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === " " || character === "\t") {
      at += 1;
    } else if (character === '"') {
      const [value, next] = quoted(text, at);
      tokens.push({ kind: "value", text: value });
      at = next;
    } else {
      const token = operatorAt(text, at) ?? { kind: "value", text: wordAt(text, at) };
      tokens.push(token);
      at += token.text.length;
    }
  }
  return tokens;
}

function operatorAt(text: string, at: number): Token | undefined {
  const found = OPERATORS.find((operator) => text.startsWith(operator, at));
  return found === undefined ? undefined : { kind: "operator", text: found };
}

function wordAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && !SPECIAL.has(text.charAt(end))) end += 1;
  return text.slice(at, end);
}

/** The text between quotes and the place after it; `\"` is a quote inside, any other backslash is kept for regular expressions. */
function quoted(text: string, at: number): [string, number] {
  let value = "";
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') {
    if (text.startsWith('\\"', end)) end += 1;
    value += text.charAt(end);
    end += 1;
  }
  return [value, end + 1];
}
