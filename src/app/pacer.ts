import type { Clock, StopTimer } from "#base/clock";

/** Lets things go one after the other with a gap between them; the first after a quiet time at once. */
export class Pacer {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #waitingMax: number;
  readonly #timers = new Set<StopTimer>();
  #nextAt = 0;

  constructor(clock: Clock, { gapMs, waitingMax }: { readonly gapMs: number; readonly waitingMax: number }) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#waitingMax = waitingMax;
  }

  /** Whether as many more may wait. */
  hasRoom(count: number): boolean {
    return (this.#nextAt - this.#clock.now()) / this.#gapMs + count <= this.#waitingMax;
  }

  /** Resolves when it is one's turn. */
  async turn(): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#gapMs;
    if (at > now)
      await new Promise<void>((resolve) => {
        const stop = this.#clock.after(at - now, () => {
          this.#timers.delete(stop);
          resolve();
        });
        this.#timers.add(stop);
      });
  }

  /** Whose turn has not come gets none. */
  stop(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }
}
