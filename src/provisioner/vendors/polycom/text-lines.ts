import type { Position } from "#domain/site/diagnostic";

/** Lines and columns of places in a text. */
export class TextLines {
  readonly #file: string;
  /** Where each line begins. */
  readonly #starts: readonly number[];

  constructor(text: string, file: string) {
    this.#file = file;
    this.#starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ 0: end, index }) => index + end.length)];
  }

  /** Line and column, from 1, of a character. */
  at(index: number): Position {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return { file: this.#file, line: low + 1, column: index - (this.#starts[low] ?? 0) + 1 };
  }
}
