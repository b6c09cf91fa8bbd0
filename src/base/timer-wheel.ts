import assert from "node:assert/strict";
import type { Clock, StopTimer } from "./clock.ts";

/** A timer in the wheel. Opaque to its owner: give it back to `stop`. */
export interface WheelTimer {
  /** The moment that was asked for, in ms of the wheel's time. */
  dueMs: number;
  /** Due tick, or -1 when it is not in the wheel. */
  dueTick: number;
  readonly fire: (owner: never) => void;
  /** What `fire` is given: tens of thousands of timers need no closure each. */
  readonly owner: unknown;
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
  #startedAt: number;
  #lastMs = 0;
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

  start(delayMs: number, fire: () => void): WheelTimer;
  start<O>(delayMs: number, fire: (owner: O) => void, owner: O): WheelTimer;
  start(delayMs: number, fire: (owner: never) => void, owner?: unknown): WheelTimer {
    return this.#insert(this.#elapsedMs() + delayMs, fire, owner);
  }

  /** Starts a timer counted from the moment `previous` was due: a chain of these does not drift by a tick per link. */
  startAfter(previous: WheelTimer, delayMs: number, fire: () => void): WheelTimer;
  startAfter<O>(previous: WheelTimer, delayMs: number, fire: (owner: O) => void, owner: O): WheelTimer;
  startAfter(previous: WheelTimer, delayMs: number, fire: (owner: never) => void, owner?: unknown): WheelTimer {
    return this.#insert(previous.dueMs + delayMs, fire, owner);
  }

  /** Starts a timer that has fired or was stopped once more, for the same owner: what comes and goes all the time needs no new one. */
  startAgain(timer: WheelTimer, delayMs: number): void {
    assert.ok(timer.slot === undefined, "the timer runs already");
    timer.dueMs = this.#elapsedMs() + delayMs;
    this.#enter(timer);
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

  #insert(dueMs: number, fire: (owner: never) => void, owner: unknown): WheelTimer {
    const timer: WheelTimer = { dueMs, dueTick: -1, fire, owner, slot: undefined, index: 0 };
    this.#enter(timer);
    return timer;
  }

  #enter(timer: WheelTimer): void {
    // An empty wheel has not ticked: what it slept through is done.
    if (this.#count === 0) this.#doneTick = Math.floor(this.#elapsedMs() / this.#tickMs);
    timer.dueTick = Math.max(this.#doneTick + 1, Math.ceil(timer.dueMs / this.#tickMs));
    const slot = this.#slots[timer.dueTick % SLOTS] as WheelTimer[];
    timer.slot = slot;
    timer.index = slot.length;
    slot.push(timer);
    this.#count += 1;
    this.#run();
  }

  #run(): void {
    if (this.#stopTick !== undefined) return;
    // Ticks stand on whole multiples of the tick, so that nothing is later than one.
    const delayMs = this.#tickMs - (this.#elapsedMs() % this.#tickMs);
    this.#stopTick = this.#clock.after(delayMs, () => {
      this.#stopTick = undefined;
      this.#advance();
    });
  }

  #advance(): void {
    const nowTick = Math.floor(this.#elapsedMs() / this.#tickMs);
    // After a long pause every slot is visited once at most: each holds all its rounds.
    const first = Math.max(this.#doneTick + 1, nowTick - SLOTS + 1);
    this.#doneTick = Math.max(this.#doneTick, nowTick);
    const failures: unknown[] = [];
    for (let tick = first; tick <= nowTick; tick += 1)
      this.#fireSlot(this.#slots[tick % SLOTS] as WheelTimer[], nowTick, failures);
    if (this.#count > 0) this.#run();
    // One owner's mistake must not cost the others their timers; it is told when everybody was served.
    if (failures.length > 0) throw failures[0];
  }

  #fireSlot(slot: WheelTimer[], nowTick: number, failures: unknown[]): void {
    const due = slot.filter((timer) => timer.dueTick <= nowTick);
    for (const timer of due) {
      // One fired before may have stopped this one, and even started it again.
      if (timer.slot === undefined || timer.dueTick > nowTick) continue;
      this.stop(timer);
      try {
        timer.fire(timer.owner as never);
      } catch (error) {
        failures.push(error);
      }
    }
  }

  /** Time since the start. When the machine's clock is set back, time here stands still for a moment instead of for as long as that. */
  #elapsedMs(): number {
    const elapsedMs = this.#clock.now() - this.#startedAt;
    if (elapsedMs < this.#lastMs) this.#startedAt -= this.#lastMs - elapsedMs;
    else this.#lastMs = elapsedMs;
    return this.#lastMs;
  }
}
