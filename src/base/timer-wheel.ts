import type { Clock, StopTimer } from "./clock.ts";

/** A timer in the wheel. Opaque to its owner: give it back to `stop`. */
export interface WheelTimer {
  /** Due tick, or -1 when it is not in the wheel. */
  dueTick: number;
  fire: () => void;
  slot: WheelTimer[] | undefined;
  index: number;
}

const SLOTS = 1024;

/**
 * Tens of thousands of timers on one timer of the runtime (presence.md C-13). A hashed wheel: start and stop cost O(1),
 * a tick costs the timers of its slot. Timers fire in the tick after they are due, never early.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #slots: WheelTimer[][] = Array.from({ length: SLOTS }, () => []);
  readonly #startedAt: number;
  #doneTick = 0;
  #count = 0;
  #stopTick: StopTimer | undefined;

  constructor(clock: Clock, tickMs: number) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#startedAt = clock.now();
  }

  /** How many timers run. */
  get size(): number {
    return this.#count;
  }

  start(delayMs: number, fire: () => void): WheelTimer {
    if (this.#count === 0) this.#doneTick = Math.floor((this.#clock.now() - this.#startedAt) / this.#tickMs);
    const dueTick = Math.max(this.#doneTick + 1, Math.ceil((this.#clock.now() - this.#startedAt + delayMs) / this.#tickMs));
    const slot = this.#slots[dueTick % SLOTS] as WheelTimer[];
    const timer: WheelTimer = { dueTick, fire, slot, index: slot.length };
    slot.push(timer);
    this.#count += 1;
    this.#run();
    return timer;
  }

  stop(timer: WheelTimer | undefined): void {
    const slot = timer?.slot;
    if (timer === undefined || slot === undefined) return;
    const last = slot.pop() as WheelTimer;
    if (last !== timer) {
      slot[timer.index] = last;
      last.index = timer.index;
    }
    timer.slot = undefined;
    timer.dueTick = -1;
    this.#count -= 1;
    if (this.#count === 0) this.close();
  }

  /** Ends the ticking; timers that are still in the wheel do not fire until another one is started. */
  close(): void {
    this.#stopTick?.();
    this.#stopTick = undefined;
  }

  #run(): void {
    this.#stopTick ??= this.#clock.after(this.#tickMs, () => {
      this.#stopTick = undefined;
      this.#advance();
      if (this.#count > 0) this.#run();
    });
  }

  #advance(): void {
    const nowTick = Math.floor((this.#clock.now() - this.#startedAt) / this.#tickMs);
    // After a long pause every slot is visited once at most: each holds all its rounds.
    const first = Math.max(this.#doneTick + 1, nowTick - SLOTS + 1);
    this.#doneTick = Math.max(this.#doneTick, nowTick);
    for (let tick = first; tick <= nowTick; tick += 1) this.#fireSlot(this.#slots[tick % SLOTS] as WheelTimer[], nowTick);
  }

  #fireSlot(slot: WheelTimer[], nowTick: number): void {
    const due = slot.filter((timer) => timer.dueTick <= nowTick);
    for (const timer of due) {
      // One fired before may have stopped this one.
      if (timer.slot === undefined) continue;
      this.stop(timer);
      timer.fire();
    }
  }
}
