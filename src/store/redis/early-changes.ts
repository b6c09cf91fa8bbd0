import type { Change } from "../store.ts";
import type { ChangeMessage } from "./change-message.ts";

/** Whoever wants to know when a change was told, or why it was not. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface EarlyChange {
  readonly change: Change;
  readonly waiters: Waiter[];
  /** How many readings of the shard had begun when it came: a later one must show it. */
  readonly readings: number;
}

/** Changes kept before their turn; more than that and the shard is read instead. */
const KEPT_MAX = 10_000;

/** Changes of one shard that came before their turn, by sequence. */
export class EarlyChanges {
  readonly #changes = new Map<number, EarlyChange>();

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  /** False when there is no room. What came twice is kept once. */
  keep({ sequence, change }: ChangeMessage, readings: number, waiter?: Waiter): boolean {
    const known = this.#changes.get(sequence);
    if (known === undefined && this.#changes.size >= KEPT_MAX) return false;
    const early = known ?? { change, waiters: [], readings };
    if (waiter !== undefined) early.waiters.push(waiter);
    this.#changes.set(sequence, early);
    return true;
  }

  /** Calls `tell` with the change of this sequence, if it is here, and lets those who wait for it go on. */
  take(sequence: number, tell: (change: Change) => void): boolean {
    const early = this.#changes.get(sequence);
    if (early === undefined) return false;
    this.#changes.delete(sequence);
    tell(early.change);
    letGo(early);
    return true;
  }

  /**
   * After the shard was read as it was at `sequence`: what the picture holds was told with it. What came before the reading began and
   * is not in the picture does not exist any more: the server lost it.
   */
  drop(sequence: number, reading: number): void {
    for (const [at, early] of this.#changes) {
      if (at > sequence && early.readings >= reading) continue;
      this.#changes.delete(at);
      letGo(early);
    }
  }

  /** Tells everybody who waits that it cannot be known now. The changes stay. */
  fail(error: unknown): void {
    for (const { waiters } of this.#changes.values()) for (const waiter of waiters.splice(0)) waiter.reject(error);
  }
}

function letGo(early: EarlyChange): void {
  for (const waiter of early.waiters) waiter.resolve();
}
