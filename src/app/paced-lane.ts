import type { Clock, StopTimer } from "#base/clock";

/** Changes a second of what came all at once (C-11), and how many of them need not wait. */
const PER_SECOND = 200;
const AT_ONCE = 200;
const STEP_MS = 50;

/**
 * What a reload changes goes out a little at a time, so that a change of this moment is not behind it (C-11). Each key is let out once, as it
 * is then: whoever was told meanwhile sees no difference.
 */
export class PacedLane {
  readonly #clock: Clock;
  readonly #letOut: (key: string) => void;
  readonly #waiting = new Set<string>();
  #tokens = AT_ONCE;
  #refilledAt: number;
  #stopTimer: StopTimer | undefined;

  constructor(clock: Clock, letOut: (key: string) => void) {
    this.#clock = clock;
    this.#letOut = letOut;
    this.#refilledAt = clock.now();
  }

  add(key: string): void {
    this.#waiting.add(key);
    if (this.#stopTimer === undefined) this.#step();
  }

  /** Who waits waits for ever. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#waiting.clear();
  }

  #step(): void {
    this.#stopTimer = undefined;
    this.#refill();
    for (const key of this.#waiting) {
      if (this.#tokens < 1) break;
      this.#tokens -= 1;
      this.#waiting.delete(key);
      this.#letOut(key);
    }
    if (this.#waiting.size === 0) return;
    this.#stopTimer = this.#clock.after(STEP_MS, () => {
      this.#step();
    });
  }

  #refill(): void {
    const now = this.#clock.now();
    const since = Math.max(0, now - this.#refilledAt);
    this.#tokens = Math.min(AT_ONCE, this.#tokens + (since * PER_SECOND) / 1000);
    this.#refilledAt = now;
  }
}
