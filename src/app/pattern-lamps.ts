import type { LampBoard } from "#domain/lamp/lamp-board";
import type { LampView } from "#domain/lamp/lamp-view";
import type { Hint } from "#domain/site/site";
import type { HintIndex } from "#domain/site/visible-hint";

/** Lamps of patterns that are kept before those that nobody watches are looked for. */
export const PATTERN_LAMPS_MAX = 10_000;

interface Watching {
  readonly isWatched: (lamp: Pick<Hint, "extension" | "context">) => boolean;
  /** A lamp was taken off the board because nobody watches it. */
  readonly forgotten: (lamp: LampView) => void;
}

/**
 * Lamps of hints that stand for many extensions ("_7XXX"): each is made when somebody first looks at it (sla.md §4.3), and forgotten some
 * time after nobody watches it any more, so that whoever asks for all of them fills no memory.
 */
export class PatternLamps {
  readonly #board: LampBoard;
  readonly #watching: Watching;
  #lamps: Hint[] = [];
  #sweepAt = PATTERN_LAMPS_MAX;

  constructor(board: LampBoard, watching: Watching) {
    this.#board = board;
    this.#watching = watching;
  }

  /** Puts the lamp of one extension, which a pattern of the site gave, on the board. */
  add(hint: Hint, at: number): LampView {
    if (this.#lamps.length >= this.#sweepAt) this.#sweep();
    this.#lamps.push(hint);
    return this.#board.addHint(hint, at);
  }

  /** The same extensions by the hints of another reading; what no pattern gives any more is left out. */
  under(hints: HintIndex): readonly Hint[] {
    this.#lamps = this.#lamps.flatMap(({ extension, context }) => {
      const hint = hints.in(context, extension);
      return hint?.pattern === undefined ? [] : [hint];
    });
    return this.#lamps;
  }

  #sweep(): void {
    const watched: Hint[] = [];
    for (const lamp of this.#lamps) {
      if (this.#watching.isWatched(lamp)) watched.push(lamp);
      else {
        const view = this.#board.removeHint(lamp);
        if (view !== undefined) this.#watching.forgotten(view);
      }
    }
    this.#lamps = watched;
    this.#sweepAt = Math.max(PATTERN_LAMPS_MAX, 2 * watched.length);
  }
}
