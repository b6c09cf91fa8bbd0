import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import type { Lifetime } from "./lifetime.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface DrainParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: TimerWheel;
  readonly log: Log;
  readonly subscriptions: Subscriptions;
  readonly lifetime: Lifetime;
}

/** How far this node is with sending its watchers away. */
export interface DrainProgress {
  readonly phase: "serving" | "draining" | "drained";
  /** Subscriptions that are still here. */
  readonly left: number;
  /** Subscriptions that were here when it began. */
  readonly total: number;
  /** Epoch ms; 0 = it did not begin. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** Some subscriptions end at every step. */
const STEP_MS = 100;
/** Seconds after which a phone comes back, to another node by then: 1 to this many, at random (C-30). */
const RETRY_AFTER_MAX_SECONDS = 120;

/**
 * Empties a node for good (design §9.8): each subscription ends with `deactivated` and a random retry-after, evenly over the given time and in
 * random order, so that no phone loses all its lamps at once. Whoever asks for a new one meanwhile is put off (503).
 */
export class Drain {
  readonly #parts: DrainParts;
  #waiting: Subscription[] = [];
  #timer: WheelTimer | undefined;
  #isOn = false;
  #total = 0;
  #startedAt = 0;
  #endsAt = 0;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  /** Are new subscriptions put off? */
  get isOn(): boolean {
    return this.#isOn;
  }

  get progress(): DrainProgress {
    const left = this.#parts.subscriptions.size;
    const phase = !this.#isOn ? "serving" : left === 0 ? "drained" : "draining";
    return { phase, left, total: this.#total, startedAt: this.#startedAt, endsAt: this.#endsAt };
  }

  /** Begins, or goes on with what is left at another pace. */
  start(overMs: number): void {
    const { clock, random, subscriptions, log } = this.#parts;
    this.#parts.wheel.stop(this.#timer);
    this.#waiting = shuffled([...subscriptions.all()], random);
    if (!this.#isOn) this.#total = subscriptions.size;
    this.#isOn = true;
    this.#startedAt = clock.now();
    this.#endsAt = this.#startedAt + overMs;
    log.info("draining: every subscription of this node ends", { subscriptions: this.#waiting.length, overMs });
    this.#step(this.#waiting.length);
  }

  /** Serves again; what has ended has ended. */
  cancel(): void {
    if (this.#isOn) this.#parts.log.info("draining is called off", { left: this.#parts.subscriptions.size });
    this.stop();
    this.#isOn = false;
    this.#total = 0;
    this.#startedAt = 0;
    this.#endsAt = 0;
  }

  /** Leaves everything as it is: the process ends. */
  stop(): void {
    this.#parts.wheel.stop(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #step(count: number): void {
    const now = this.#parts.clock.now();
    const share = now >= this.#endsAt ? 0 : (this.#endsAt - now) / (this.#endsAt - this.#startedAt);
    const keep = Math.ceil(count * share);
    while (this.#waiting.length > keep) this.#end(this.#waiting.pop());
    // One that was on its way to the store when this began.
    if (share === 0) for (const late of [...this.#parts.subscriptions.all()]) this.#end(late);
    else
      this.#timer = this.#parts.wheel.start(STEP_MS, () => {
        this.#step(count);
      });
  }

  #end(subscription: Subscription | undefined): void {
    if (subscription === undefined || !this.#parts.subscriptions.has(subscription)) return;
    const seconds = 1 + this.#parts.random.below(RETRY_AFTER_MAX_SECONDS);
    this.#parts.lifetime.end(subscription, `deactivated;retry-after=${seconds}`);
  }
}

function shuffled<T>(items: T[], random: Random): T[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}
