import type { PriorityForm } from "./read-extensions-line.ts";

/** The number of a step, or why it has none; `message` is given the priority as it may be shown. */
export type CountedPriority =
  | { readonly type: "priority"; readonly priority: number; readonly afterHint: boolean }
  | { readonly type: "refused"; readonly code: string; readonly message: (shown: string) => string };

/** Counts priorities down a section: `n` goes on from the last number, whatever extension had it (sla.md §5.3). */
export class PriorityCounter {
  #last: number | undefined;
  #afterHint = false;

  /** Asterisk counts a hint as -1, so that `n` below it is 0 and no priority at all. */
  passHint(): void {
    this.#afterHint = true;
  }

  next({ base, plus }: PriorityForm, priorityOf: (label: string) => number | undefined): CountedPriority {
    const word = base.toLowerCase();
    const isCounted = ["n", "next", "s", "same"].includes(word);
    if (isCounted && this.#last === undefined)
      return refused("EXT-W07", (shown) => `${shown} has no priority above it to count from: line ignored, write 1`);
    const number = isCounted ? (this.#last ?? 0) + (word.startsWith("n") ? 1 : 0) : numberOf(base, priorityOf);
    if (number === undefined)
      return refused(
        "EXT-W03",
        (shown) => `priority "${shown}" is neither n nor a label of this extension: line ignored, write n`,
      );
    const priority = number + plus;
    if (priority < 1) return refused("EXT-W03", () => "priorities begin with 1: line ignored");
    const afterHint = isCounted && this.#afterHint;
    this.#last = priority;
    this.#afterHint = false;
    return { type: "priority", priority, afterHint };
  }
}

function numberOf(base: string, priorityOf: (label: string) => number | undefined): number | undefined {
  return /^\d/.test(base) ? Number(base) : priorityOf(base);
}

function refused(code: string, message: (shown: string) => string): CountedPriority {
  return { type: "refused", code, message };
}
