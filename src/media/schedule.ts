import type { Clock } from "#base/clock";
import { FRAME_MS } from "./pcm.ts";

/** A stall up to this is made up for, so that nobody loses a word; what is longer is left out. */
const CATCH_UP_TICKS = 3;

/** Ticks of 20 ms on an absolute schedule: the n-th is at start + n · 20 ms, however late those before were. */
export class Schedule {
  readonly #clock: Clock;
  readonly #work: (tick: number) => void;
  readonly #startMs: number;
  #tick = 0;
  #done = 0;
  #late = 0;
  #missed = 0;
  #busyMs = 0;
  #stop: () => void = () => undefined;

  constructor(clock: Clock, work: (tick: number) => void) {
    this.#clock = clock;
    this.#work = work;
    this.#startMs = clock.elapsed();
    this.#arm();
  }

  get tick(): number {
    return this.#tick;
  }

  get counts(): { done: number; late: number; missed: number; busyMs: number } {
    return { done: this.#done, late: this.#late, missed: this.#missed, busyMs: this.#busyMs };
  }

  stop(): void {
    this.#stop();
  }

  #arm(): void {
    const dueMs = this.#startMs + (this.#tick + 1) * FRAME_MS;
    this.#stop = this.#clock.after(Math.max(0, dueMs - this.#clock.elapsed()), () => {
      this.#run();
    });
  }

  #run(): void {
    const startMs = this.#clock.elapsed();
    const current = Math.floor((startMs - this.#startMs) / FRAME_MS);
    const skipped = Math.max(0, current - this.#tick - CATCH_UP_TICKS);
    this.#missed += skipped;
    this.#tick += skipped;
    while (this.#tick < current) {
      this.#tick++;
      this.#done++;
      if (this.#tick < current) this.#late++;
      this.#work(this.#tick);
    }
    this.#busyMs += this.#clock.elapsed() - startMs;
    this.#arm();
  }
}
