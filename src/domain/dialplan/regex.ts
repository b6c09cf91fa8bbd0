import { compileRegex, type Instruction, matchesSet } from "./regex-program.ts";

/** A place in the program and what it has taken so far. */
interface Thread {
  readonly at: number;
  readonly start: number;
  readonly group: readonly [from: number, to: number];
}

/** Characters looked at; the longest value there is. */
const TEXT_MAX = 4096;

/**
 * POSIX's extended regular expressions for `:` (at the beginning) and `=~` (anywhere), run as a machine that goes through the text once and
 * never back: time is bounded by program times text, whatever the expression. The leftmost match wins, then the longest. The answer is what
 * the first group took, or without groups the number of characters; "" or "0" without a match; undefined: cannot be read, or too large.
 */
export function matchRegex(pattern: string, text: string, anchored: boolean): string | undefined {
  const program = compileRegex(pattern);
  if (program === undefined) return undefined;
  const subject = text.slice(0, TEXT_MAX);
  const match = search(program.instructions, subject, anchored);
  if (program.groups > 0) return match === undefined ? "" : subject.slice(match.group[0], Math.max(...match.group));
  return match === undefined ? "0" : String(match.at - match.start);
}

function search(program: readonly Instruction[], text: string, anchored: boolean): Thread | undefined {
  let threads: Thread[] = [];
  let best: Thread | undefined;
  for (let index = 0; index <= text.length; index += 1) {
    const place = new Place(program, index, text.length);
    for (const thread of threads) place.follow(thread);
    if (best === undefined && (index === 0 || !anchored)) place.follow({ at: 0, start: index, group: [0, 0] });
    best = better(best, place.match);
    const start = best?.start ?? index;
    threads = place.taking(text.charCodeAt(index)).filter((thread) => thread.start <= start);
    if (threads.length === 0 && (best !== undefined || anchored)) break;
  }
  return best;
}

/** A later match is a longer one, unless it began later. */
function better(best: Thread | undefined, match: Thread | undefined): Thread | undefined {
  return match !== undefined && (best === undefined || match.start <= best.start) ? match : best;
}

/** One place of the text: follows threads to the instructions that take a character, each instruction once. */
class Place {
  /** The first thread that reached the end of the program; its `at` is the place in the text. */
  match: Thread | undefined;
  readonly #program: readonly Instruction[];
  readonly #index: number;
  readonly #length: number;
  readonly #seen = new Set<number>();
  readonly #waiting: Thread[] = [];

  constructor(program: readonly Instruction[], index: number, length: number) {
    this.#program = program;
    this.#index = index;
    this.#length = length;
  }

  follow(first: Thread): void {
    const stack = [first];
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      if (this.#seen.has(thread.at)) continue;
      this.#seen.add(thread.at);
      stack.push(...this.#next(thread));
    }
  }

  /** Threads after a character was taken. */
  taking(code: number): Thread[] {
    const moved: Thread[] = [];
    for (const thread of this.#waiting) {
      const instruction = this.#program[thread.at];
      if (instruction?.op === "take" && matchesSet(instruction.set, code)) moved.push({ ...thread, at: thread.at + 1 });
    }
    return moved;
  }

  /** Where a thread goes without taking anything; what is to be tried first comes last. */
  #next(thread: Thread): readonly Thread[] {
    const instruction = this.#program[thread.at];
    if (instruction === undefined) {
      this.match ??= { ...thread, at: this.#index };
      return [];
    }
    switch (instruction.op) {
      case "take":
        this.#waiting.push(thread);
        return [];
      case "fork":
        return [
          { ...thread, at: thread.at + instruction.second },
          { ...thread, at: thread.at + instruction.first },
        ];
      case "start":
        return this.#index === 0 ? [{ ...thread, at: thread.at + 1 }] : [];
      case "end":
        return this.#index === this.#length ? [{ ...thread, at: thread.at + 1 }] : [];
      case "open":
        return [{ ...thread, at: thread.at + 1, group: [this.#index, this.#index] }];
      case "close":
        return [{ ...thread, at: thread.at + 1, group: [thread.group[0], this.#index] }];
    }
  }
}
