/** `Name(arguments)` as written in a line of the dialplan. */
export interface ApplicationCall {
  readonly application: string;
  /** Between the first `(` and the last `)`; "" without parentheses. */
  readonly args: string;
  /** Where `args` starts in the text that was parsed; its length when there are no parentheses. */
  readonly argsOffset: number;
  /** False: the `)` is missing, and everything after the `(` was taken. */
  readonly closed: boolean;
  /** What follows the last `)`: Asterisk drops it without a word. */
  readonly rest: string;
}

/** Parts looked at of one list of arguments; no application takes near as many. What follows stays in the last one. */
const ARGUMENTS_MAX = 64;

/** Takes `Name(arguments)` apart: arguments go from the first `(` to the last `)` (sla.md §5.3). */
export function parseApplicationCall(text: string): ApplicationCall {
  const open = text.indexOf("(");
  if (open === -1) return { application: text.trim(), args: "", argsOffset: text.length, closed: true, rest: "" };
  const application = text.slice(0, open).trim();
  const close = text.lastIndexOf(")");
  const argsOffset = open + 1;
  if (close < open) return { application, args: text.slice(argsOffset), argsOffset, closed: false, rest: "" };
  return { application, args: text.slice(argsOffset, close), argsOffset, closed: true, rest: text.slice(close + 1).trim() };
}

/**
 * Arguments at the commas outside parentheses, brackets and quotes. Quotes are taken off, a backslash makes the next character plain, as
 * Asterisk's applications do. At most `max` of them: the last one keeps its commas. No text, no arguments.
 */
export function splitArguments(args: string, max = ARGUMENTS_MAX): readonly string[] {
  return args === "" ? [] : splitAt(args, ",", max);
}

/** `splitArguments` at another character: destinations at "&". */
export function splitAt(args: string, separator: string, max = ARGUMENTS_MAX): readonly string[] {
  const found: string[] = [];
  const open = { parentheses: 0, brackets: 0, quoted: false };
  let current = "";
  for (let index = 0; index < args.length; index += 1) {
    const character = args.charAt(index);
    if (character === "\\") {
      index += 1;
      current += args.charAt(index);
    } else if (character === '"') {
      open.quoted = !open.quoted;
    } else if (character === separator && isOutside(open) && found.length < max - 1) {
      found.push(current);
      current = "";
    } else {
      count(open, character);
      current += character;
    }
  }
  return [...found, current];
}

interface Open {
  parentheses: number;
  brackets: number;
  quoted: boolean;
}

function isOutside({ parentheses, brackets, quoted }: Open): boolean {
  return parentheses === 0 && brackets === 0 && !quoted;
}

function count(open: Open, character: string): void {
  if (character === "(") open.parentheses += 1;
  else if (character === ")") open.parentheses = Math.max(0, open.parentheses - 1);
  else if (character === "[") open.brackets += 1;
  else if (character === "]") open.brackets = Math.max(0, open.brackets - 1);
}
