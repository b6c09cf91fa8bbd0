/** Patterns that the braces of one pattern may stand for. */
const ALTERNATIVES_MAX = 100;
/** Characters of patterns times those of names that one site may have compared. */
const WORK_MAX = 200_000_000;

/** Whether a path names files by a pattern: `*`, `?`, `[…]` or `{a,b}`. */
export function isWildcard(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** `a{b,c}d` is `abd` and `acd`, in this order; braces may nest. Gives the pattern itself when there are none, or too many. */
export function expandBraces(pattern: string): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const alternatives = firstAlternatives(next);
    if (alternatives.length === 0) done.push(next);
    else open.push(...alternatives.reverse());
    if (done.length + open.length > ALTERNATIVES_MAX) return [pattern];
  }
  return done;
}

/** What the first braces with a comma stand for, each with what is around them; none when there are no such braces. */
function firstAlternatives(text: string): string[] {
  for (let start = text.indexOf("{"); start !== -1; start = text.indexOf("{", start + 1)) {
    const marks = bracesAt(text, start);
    if (marks.length < 3) continue;
    const rest = text.slice((marks.at(-1) ?? 0) + 1);
    return marks.slice(1).map((mark, at) => text.slice(0, start) + text.slice((marks[at] ?? 0) + 1, mark) + rest);
  }
  return [];
}

/** Places of an opening brace, of its own commas, and of its end; nothing when it has no end. */
function bracesAt(text: string, start: number): number[] {
  const marks: number[] = [];
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === "{") depth += 1;
    if (sign === "}") depth -= 1;
    if ((sign === "," && depth === 1) || (sign === "{" && depth === 1 && at === start) || depth === 0) marks.push(at);
    if (depth === 0) return marks;
  }
  return [];
}

/** Whether a file's name fits one part of a pattern, as a shell has it: a leading dot must be written. Never slower than the product of both lengths. */
export function fitsGlob(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const tokens = tokensOf(pattern);
  let [token, at] = [0, 0];
  let retry: { readonly token: number; at: number } | undefined;
  while (at < name.length) {
    const wanted = tokens[token];
    if (wanted === "*") {
      retry = { token: token + 1, at };
      token += 1;
    } else if (wanted?.(name.charAt(at)) === true) {
      token += 1;
      at += 1;
    } else if (retry !== undefined) {
      // The last star takes one character more; earlier ones need not.
      retry.at += 1;
      [token, at] = [retry.token, retry.at];
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "*");
}

/** Fits names to the patterns of one site, until that has cost too much. */
export class NameMatcher {
  #work = 0;

  /** From here on nothing fits. */
  get isSpent(): boolean {
    return this.#work > WORK_MAX;
  }

  fits(pattern: string, name: string): boolean {
    this.#work += (pattern.length + 1) * (name.length + 1);
    return !this.isSpent && fitsGlob(pattern, name);
  }
}

type Token = "*" | ((character: string) => boolean);

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern.charAt(at);
    const end = sign === "[" ? pattern.indexOf("]", at + 2) : -1;
    if (sign === "*") {
      if (tokens.at(-1) !== "*") tokens.push("*");
    } else if (sign === "?") tokens.push(() => true);
    else if (end !== -1) {
      tokens.push(setOf(pattern.slice(at + 1, end)));
      at = end;
    } else tokens.push((character) => character === sign);
  }
  return tokens;
}

/** `abc`, `0-9`, `!abc` or `^abc`. */
function setOf(text: string): (character: string) => boolean {
  const isNegated = /^[!^]/.test(text);
  const members = isNegated ? text.slice(1) : text;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const first = members.charAt(at);
    const isRange = members.charAt(at + 1) === "-" && at + 2 < members.length;
    ranges.push([first, isRange ? members.charAt(at + 2) : first]);
    if (isRange) at += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}
