import { createHash } from "node:crypto";
import type { Clock, StopTimer } from "#base/clock";
import { SeededRandom } from "#test/support/seeded-random";

/** Lines of the trace that are kept to be shown. */
const TOLD_MAX = Number(process.env["SIM_TOLD"] ?? 400);
/** Steps asked of the event loop at once: promises run after each of them, and the loop itself turns only once. */
const STEPS_AT_ONCE = 32;
const STARTS_AT = 1_700_000_000_123;

/** Time and chance. */
export interface Surroundings extends Clock {
  /** A whole number from `from` up to, not including, `to`. */
  between(from: number, to: number): number;
}

interface Step {
  readonly at: number;
  readonly serial: number;
  readonly act: () => void;
  isOff: boolean;
}

/**
 * Time, chance and everything that is going to happen, under one seed. A step is taken when all promises of the one before have run: nothing
 * depends on the machine, and the same seed gives the same trace.
 */
export class World implements Surroundings {
  readonly random: SeededRandom;
  readonly told: string[] = [];
  /** What went against the rules. */
  readonly wrong: string[] = [];
  steps = 0;
  readonly #hash = createHash("sha256");
  readonly #heap: Step[] = [];
  #now = STARTS_AT;
  #serial = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now - STARTS_AT;
  }

  after(delayMs: number, act: () => void): StopTimer {
    const step = { at: this.#now + Math.max(0, Math.floor(delayMs)), serial: (this.#serial += 1), act, isOff: false };
    this.#push(step);
    return () => {
      step.isOff = true;
    };
  }

  between(from: number, to: number): number {
    return from + this.random.below(to - from);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)] as T;
  }

  /** True so many times of a hundred. */
  chance(percent: number): boolean {
    return this.random.below(10_000) < percent * 100;
  }

  /** A line of the trace. */
  tell(text: string): void {
    const line = `${String(this.#now - STARTS_AT).padStart(6)} ${text}`;
    this.#hash.update(line);
    this.told.push(line);
    if (this.told.length >= 2 * TOLD_MAX) this.told.splice(0, TOLD_MAX);
  }

  complain(text: string): void {
    this.tell(`WRONG: ${text}`);
    this.wrong.push(`${this.#now - STARTS_AT} ms: ${text}`);
  }

  /** Of everything told so far. */
  get fingerprint(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Lets time pass, or less if `isOver` says so before. */
  run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const until = this.#now + ms;
    return new Promise((resolve, reject) => {
      let left = STEPS_AT_ONCE;
      let isDone = false;
      const turn = (): void => {
        left -= 1;
        if (isDone) return;
        try {
          isDone = isOver() || !this.#step(until);
        } catch (error) {
          isDone = true;
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (isDone) resolve();
        else if (left === 0) more();
      };
      const more = (): void => {
        left = STEPS_AT_ONCE;
        for (let at = 0; at < STEPS_AT_ONCE; at += 1) setImmediate(turn);
      };
      more();
    });
  }

  /** False: nothing is left to do until then, and it is then. */
  #step(until: number): boolean {
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop();
      if (next.isOff) continue;
      this.#now = next.at;
      this.steps += 1;
      next.act();
      return true;
    }
    this.#now = until;
    return false;
  }

  #push(step: Step): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(step, heap[above] as Step)) break;
      heap[at] = heap[above] as Step;
      at = above;
    }
    heap[at] = step;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Step;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Step, heap[below] as Step)) below += 1;
      if (!isBefore(heap[below] as Step, last)) break;
      heap[at] = heap[below] as Step;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(one: Step, other: Step): boolean {
  return one.at < other.at || (one.at === other.at && one.serial < other.serial);
}
