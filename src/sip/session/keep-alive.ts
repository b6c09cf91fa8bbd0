import type { Random } from "#base/random";
import type { TimerWheel, WheelTimer } from "#base/timer-wheel";
import { ALIVE_EVERY_MS, ALIVE_SPREAD_MS } from "./limits.ts";
import { timesOf, type SessionInterval } from "./session-timer.ts";

/** Shortest pause between two tries to refresh. */
const REFRESH_PAUSE_MIN_MS = 10_000;

export interface KeepAliveUser {
  refresh(): void;
  /** The session timer ran out. */
  expired(): void;
  /** Nothing else tells whether the peer lives. */
  ask(): void;
}

/** Finds out about dead sessions: by the session timer (RFC 4028), or by asking every so often where there is none (B-20, B-21). */
export class KeepAlive {
  interval: SessionInterval | undefined;
  readonly #parts: { readonly wheel: TimerWheel; readonly random: Random };
  readonly #user: KeepAliveUser;
  #refresh: WheelTimer | undefined;
  #expiry: WheelTimer | undefined;
  #ask: WheelTimer | undefined;

  constructor(parts: { readonly wheel: TimerWheel; readonly random: Random }, user: KeepAliveUser) {
    this.#parts = parts;
    this.#user = user;
  }

  /** From now on this interval holds; undefined = none. */
  start(interval: SessionInterval | undefined): void {
    this.stop();
    this.interval = interval;
    if (interval === undefined) {
      this.#startAsking();
      return;
    }
    const { refreshMs, expiryMs } = timesOf(interval);
    const { wheel } = this.#parts;
    this.#expiry = wheel.start(expiryMs, () => {
      this.#user.expired();
    });
    if (interval.refresher === "us") this.#startRefreshing(refreshMs);
  }

  stop(): void {
    for (const timer of [this.#refresh, this.#expiry, this.#ask]) this.#parts.wheel.stop(timer);
  }

  /** One that fails is tried again, ever closer to the end; one that does not starts everything anew. */
  #startRefreshing(delayMs: number): void {
    this.#refresh = this.#parts.wheel.start(delayMs, () => {
      if (delayMs >= 2 * REFRESH_PAUSE_MIN_MS) this.#startRefreshing(delayMs / 2);
      this.#user.refresh();
    });
  }

  #startAsking(): void {
    const { wheel, random } = this.#parts;
    const delayMs = ALIVE_EVERY_MS - ALIVE_SPREAD_MS / 2 + random.below(ALIVE_SPREAD_MS + 1);
    this.#ask = wheel.start(delayMs, () => {
      this.#startAsking();
      this.#user.ask();
    });
  }
}
