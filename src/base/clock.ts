/** Stops a timer that was started; stopping it twice is harmless. */
export type StopTimer = () => void;

/** Time as the product sees it. Tests move it by hand; the system one is base/system-clock.ts. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from some start, which nobody sets: they only rise, and stand still while the machine sleeps. */
  elapsed(): number;
  /** Calls `fire` once, `delayMs` from now (0 = as soon as possible). Delays above 2^31-1 ms are legal. */
  after(delayMs: number, fire: () => void): StopTimer;
}
