import assert from "node:assert/strict";
import type { Clock, StopTimer } from "#base/clock";

interface Timer {
  dueAt: number;
  readonly fire: () => void;
}

/** A clock that a test moves by hand. Timers fire in the order they are due; equal ones in the order they were started. */
export class FakeClock implements Clock {
  #now: number;
  /** By how much the machine's clock was set. */
  #setBy = 0;
  readonly #timers = new Set<Timer>();

  /** `startAt`: ms since the epoch; the default is no round number, so that nobody relies on one. */
  constructor(startAt = 1_700_000_000_123) {
    this.#now = startAt;
  }

  /** How many timers wait. A test that ends with 0 left nothing behind. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now - this.#setBy;
  }

  after(delayMs: number, fire: () => void): StopTimer {
    const timer = { dueAt: this.#now + Math.max(0, delayMs), fire };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Moves time; what comes due on the way fires at its own moment. Promises do not run in between: see `advanceAndSettle`. */
  advance(ms: number): void {
    assert.ok(ms >= 0, "time does not go back");
    const until = this.#now + ms;
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) this.#fire(next);
    this.#now = until;
  }

  /** The machine's clock is set, back or forth; running timers do not notice, as those of the runtime do not. */
  set(byMs: number): void {
    this.#now += byMs;
    this.#setBy += byMs;
    for (const timer of this.#timers) timer.dueAt += byMs;
  }

  /** As `advance`, but lets promise jobs run after every timer: for code that awaits between two timers. */
  async advanceAndSettle(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#fire(next);
      await settle();
    }
    this.#now = until;
  }

  #next(until: number): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.dueAt <= until && (found === undefined || timer.dueAt < found.dueAt)) found = timer;
    return found;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.dueAt);
    timer.fire();
  }
}

/** Enough turns of the promise queue for any chain of awaits that waits for nothing outside. */
const SETTLE_TURNS = 50;

/** Lets promise jobs run that are ready, without any real time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await Promise.resolve();
}
