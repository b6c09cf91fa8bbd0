/** Block comments nest at most this deep (sla.md §5.1). */
const NESTING_MAX = 128;

const NO_SHIFTS: StrippedLine["shifts"] = [];

/** A line without its comments, and where its characters stood. */
export interface StrippedLine {
  readonly text: string;
  /** From the character `at` of the text on, the file's columns are `by` further. */
  readonly shifts: readonly { readonly at: number; readonly by: number }[];
}

/** Column in the file, from 1, of a character of the stripped text, from 0. */
export function columnOf(line: StrippedLine, index: number): number {
  const by = line.shifts.findLast((shift) => shift.at <= index)?.by ?? 0;
  return index + by + 1;
}

/**
 * Takes comments off, line by line: `;` to the end of a line unless written `\;` (the backslash goes), and block comments `;--` … `--;`,
 * which nest (sla.md §5.1).
 */
export class CommentStripper {
  #depth = 0;
  #openedAt = 0;

  /** Line of the block comment that is still open. */
  get openedAt(): number | undefined {
    return this.#depth > 0 ? this.#openedAt : undefined;
  }

  strip(raw: string, line: number): StrippedLine {
    if (this.#depth === 0 && !raw.includes(";")) return { text: raw, shifts: NO_SHIFTS };
    let text = "";
    let at = 0;
    const shifts: { at: number; by: number }[] = [];
    const goOn = (next: number): void => {
      at = next;
      shifts.push({ at: text.length, by: at - text.length });
    };
    while (at < raw.length) {
      if (this.#depth > 0) {
        goOn(this.#leaveBlock(raw, at));
        continue;
      }
      const mark = raw.indexOf(";", at);
      const isEscaped = mark > at && raw.charAt(mark - 1) === "\\";
      text += raw.slice(at, mark === -1 ? raw.length : mark - Number(isEscaped));
      if (isEscaped) {
        goOn(mark);
        text += ";";
        at = mark + 1;
      } else if (mark !== -1 && isBlockStart(raw, mark)) {
        this.#depth = 1;
        this.#openedAt = line;
        at = mark + 3;
      } else break;
    }
    return { text, shifts };
  }

  /** Where the text goes on after the open block, or the end of the line. */
  #leaveBlock(raw: string, from: number): number {
    let at = from;
    for (let mark = raw.indexOf(";", at); mark !== -1; mark = raw.indexOf(";", Math.max(at, mark + 1))) {
      if (mark - 2 >= at && raw.startsWith("--", mark - 2)) {
        this.#depth -= 1;
        at = mark + 1;
        if (this.#depth === 0) return at;
      } else if (isBlockStart(raw, mark) && this.#depth < NESTING_MAX) {
        this.#depth += 1;
        at = mark + 3;
      }
    }
    return raw.length;
  }
}

function isBlockStart(line: string, at: number): boolean {
  return line.startsWith(";--", at) && line.charAt(at + 3) !== "-";
}
