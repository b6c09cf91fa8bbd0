/**
 * Extensions and patterns: `_` first, then `X Z N [..] . !` and characters that mean themselves (sla.md §5.4). A pattern is matched from
 * left to right without ever going back, so no pattern takes longer than its own length and that of what was dialled.
 */
export interface Pattern {
  /** What each dialled character must be, in order. */
  readonly positions: readonly CharacterSet[];
  /** What may follow: nothing, one or more characters (`.`), any number (`!`); "never": the pattern is broken and matches nothing. */
  readonly end: PatternEnd;
}

/** What follows the last position. */
export type PatternEnd = "nothing" | "some" | "any" | "never";

/** The characters of one position, each once, by ascending code; one character is a literal. */
export type CharacterSet = string;

const CLASSES: ReadonlyMap<string, CharacterSet> = new Map([
  ["X", "0123456789"],
  ["x", "0123456789"],
  ["Z", "123456789"],
  ["z", "123456789"],
  ["N", "23456789"],
  ["n", "23456789"],
]);

/** Characters a set may hold: bytes in Asterisk, and so many that no name needs more. A range over more is cut. */
const SET_MAX = 256;

/** Which end is tried first where one pattern ends and the other goes on: after all that names a character. */
const END_RANKS: Readonly<Record<PatternEnd, number>> = { some: 1, any: 2, nothing: 3, never: 4 };

/** Whether this name of an extension is a pattern. */
export function isPattern(name: string): boolean {
  return name.startsWith("_");
}

/** What an entry of a context matches, as a text: spelled otherwise (`_X` and `_-x`, `55-1` and `551`), it is the same entry. */
export function meaningOf(name: string): string {
  if (!isPattern(name)) return withoutDashes(name);
  const { positions, end } = parsePattern(name);
  return end === "never" ? name : JSON.stringify([end, ...positions]);
}

/** What is compared of a name or of dialled characters: dashes are for people. */
export function withoutDashes(text: string): string {
  return text.includes("-") ? text.replaceAll("-", "") : text;
}

/** Whether the entry `name`, a pattern or not, is what `dialled` means. */
export function matchesExtension(name: string, dialled: string): boolean {
  if (!isPattern(name)) return withoutDashes(name) === withoutDashes(dialled);
  return matchesPattern(parsePattern(name), dialled);
}

/** Whether a parsed pattern matches what was dialled. */
export function matchesPattern({ positions, end }: Pattern, dialled: string): boolean {
  const digits = withoutDashes(dialled);
  if (end === "never" || digits.length < positions.length) return false;
  for (const [index, set] of positions.entries()) if (!set.includes(digits.charAt(index))) return false;
  if (end === "any") return true;
  return end === "some" ? digits.length > positions.length : digits.length === positions.length;
}

/** Whether more characters after `dialled` could make the pattern match, and are worth waiting for: not once `!` has matched. */
export function patternWantsMore({ positions, end }: Pattern, dialled: string): boolean {
  const digits = withoutDashes(dialled);
  if (end === "never") return false;
  const common = Math.min(digits.length, positions.length);
  for (let index = 0; index < common; index += 1) if (!(positions[index] ?? "").includes(digits.charAt(index))) return false;
  return digits.length < positions.length || end === "some";
}

/** Which of two entries of a context is tried first: negative = `left`. 0 = both are the same entry, whatever their spelling (`_X` and `_-x`). */
export function comparePatterns(left: string, right: string): number {
  if (isPattern(left) && isPattern(right)) return compareParsed(parsePattern(left), parsePattern(right));
  if (isPattern(left) !== isPattern(right)) return isPattern(left) ? 1 : -1;
  return compareText(withoutDashes(left), withoutDashes(right));
}

/** `comparePatterns` of what is parsed already: position by position, the more special one first. */
export function compareParsed(left: Pattern, right: Pattern): number {
  const common = Math.min(left.positions.length, right.positions.length);
  for (let index = 0; index < common; index += 1) {
    const order = compareSets(left.positions[index] ?? "", right.positions[index] ?? "");
    if (order !== 0) return order;
  }
  if (left.positions.length !== right.positions.length) return right.positions.length - left.positions.length;
  return END_RANKS[left.end] - END_RANKS[right.end];
}

/** Fewer characters first, then the lowest character, then the content as Asterisk compares its bit masks: the later second character first. */
function compareSets(left: CharacterSet, right: CharacterSet): number {
  if (left === right) return 0;
  if (left.length !== right.length) return left.length - right.length;
  if (left.charAt(0) !== right.charAt(0)) return compareText(left.charAt(0), right.charAt(0));
  return compareText(right, left);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** A pattern as it is matched; `name` starts with `_`. */
export function parsePattern(name: string): Pattern {
  const positions: CharacterSet[] = [];
  for (let index = 1; index < name.length; index += 1) {
    const character = name.charAt(index);
    if (character === "-") continue;
    if (character === ".") return { positions, end: "some" };
    if (character === "!") return { positions, end: "any" };
    if (character !== "[") {
      positions.push(CLASSES.get(character) ?? character);
      continue;
    }
    const close = name.indexOf("]", index);
    if (close === -1) return { positions, end: "never" };
    const inside = name.slice(index + 1, close);
    index = close;
    if (inside === "") continue;
    const set = parseSet(inside);
    // "[5-1]" names no character: nothing can be dialled for it.
    if (set === "") return { positions, end: "never" };
    positions.push(set);
  }
  return { positions, end: "nothing" };
}

/** The characters between brackets: "a-cx". A dash is part of a range, or itself at either end; it can then match nothing, dashes being ignored. */
function parseSet(inside: string): CharacterSet {
  const characters = new Set<string>();
  for (let index = 0; index < inside.length && characters.size < SET_MAX; index += 1) {
    const first = inside.charCodeAt(index);
    const isRange = index + 2 < inside.length && inside.charAt(index + 1) === "-";
    const last = isRange ? inside.charCodeAt(index + 2) : first;
    if (isRange) index += 2;
    for (let code = first; code <= last && characters.size < SET_MAX; code += 1) characters.add(String.fromCharCode(code));
  }
  return [...characters].sort(compareText).join("");
}
