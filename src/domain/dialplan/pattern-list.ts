import { compareParsed, type CharacterSet, type Pattern } from "./pattern.ts";

/** A pattern with what stands under it. */
export interface PatternRow<T> {
  readonly pattern: Pattern;
  readonly value: T;
}

/** Rows `from` up to, not including, `to`: alike in their first `depth` positions, which have matched. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/**
 * Patterns in the order of precedence. That order goes position by position, so rows with the same beginning lie side by side: a look-up
 * goes down through ranges of rows as through a tree, and leaves out at once all that begins with something else.
 */
export class PatternList<T> {
  readonly #rows: readonly PatternRow<T>[];

  /** Rows with the same pattern must have been made one. */
  constructor(rows: readonly PatternRow<T>[]) {
    this.#rows = rows.filter(({ pattern }) => pattern.end !== "never").sort((a, b) => compareParsed(a.pattern, b.pattern));
  }

  /** What matches, best first; `digits` without dashes. */
  *matching(digits: string): Generator<T> {
    for (const { row, depth } of this.#reached(digits)) {
      const left = digits.length - depth;
      const { end } = row.pattern;
      if (row.pattern.positions.length > depth) continue;
      if (end === "any" || (end === "some" ? left > 0 : left === 0)) yield row.value;
    }
  }

  /** "more": a pattern wants more digits. "enough": a `!` comes first and has matched, which ends the waiting. "none": neither. */
  wanting(digits: string): "more" | "enough" | "none" {
    for (const { row, depth } of this.#reached(digits)) {
      if (row.pattern.positions.length > depth || row.pattern.end === "some") return "more";
      if (row.pattern.end === "any") return "enough";
    }
    return "none";
  }

  /** Rows of which every position up to the end of the digits matches, in order; of those that go on, only the first of a range. */
  *#reached(digits: string): Generator<{ row: PatternRow<T>; depth: number }> {
    const ranges: Range[] = [{ from: 0, to: this.#rows.length, depth: 0 }];
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      const { from, to, depth } = range;
      const ended = this.#first(from, to, ({ positions }) => positions.length <= depth);
      const row = this.#rows[from];
      if (row !== undefined && from < to && (ended === from || depth === digits.length)) yield { row, depth };
      // Rows that end here come after all that go on: the range of the rest is taken up once those are done.
      const rest = ended === from ? from + 1 : ended;
      if (rest < to) ranges.push({ from: rest, to, depth });
      if (ended > from && depth < digits.length)
        ranges.push(...this.#below({ from, to: ended, depth }, digits.charAt(depth)).reverse());
    }
  }

  /** The ranges within `range` whose next position takes `character`, in order. */
  #below({ from, to, depth }: Range, character: string): Range[] {
    const next = ({ positions }: Pattern): CharacterSet => positions[depth] ?? "";
    const found: Range[] = [];
    const sets = this.#first(from, to, (pattern) => next(pattern).length > 1);
    const literal = this.#first(from, sets, (pattern) => next(pattern) >= character);
    const after = this.#first(literal, sets, (pattern) => next(pattern) > character);
    if (after > literal) found.push({ from: literal, to: after, depth: depth + 1 });
    for (let start = sets; start < to;) {
      const set = next(this.#rows[start]?.pattern ?? { positions: [], end: "never" });
      const end = this.#first(start, to, (pattern) => next(pattern) !== set);
      if (set.includes(character)) found.push({ from: start, to: end, depth: depth + 1 });
      start = end;
    }
    return found;
  }

  /** The first row of a range for which `isTrue` holds, as it then does for all that follow; `to` when there is none. */
  #first(from: number, to: number, isTrue: (pattern: Pattern) => boolean): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.#rows[middle];
      if (row !== undefined && isTrue(row.pattern)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
