import type { Clock } from "#base/clock";

/** Clocks of one machine drift apart by less between two looks. */
const DRIFT_MAX_MS = 100;

/** Time that has passed, whatever the machine's clock is set to; while the machine sleeps too, which only that clock tells. */
export class PassedTime {
  readonly #clock: Clock;
  /** What the machine's clock was ahead by. */
  #ahead: number;
  #sleptMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#ahead = clock.now() - clock.elapsed();
  }

  /** Milliseconds from some start. */
  now(): number {
    const elapsed = this.#clock.elapsed();
    const ahead = this.#clock.now() - elapsed;
    if (Math.abs(ahead - this.#ahead) > DRIFT_MAX_MS) {
      // Set forward or slept: nobody knows, and others may have waited all that time.
      this.#sleptMs += Math.max(0, ahead - this.#ahead);
      this.#ahead = ahead;
    }
    return elapsed + this.#sleptMs;
  }
}
