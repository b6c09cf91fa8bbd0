import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import type { DueTimer, Store } from "#store/store";

/** How often due timers are asked for: an expiry is seen at most this late (P-17 asks for a second). */
const POLL_MS = 500;
/** A claimed timer that is not settled within this comes back to any node. */
const CLAIM_MS = 10_000;
const BATCH = 500;

/** Settles one due timer by a commit that clears or moves it. */
export type TimerHandler = (timer: DueTimer) => Promise<void>;

/** Brings the store's timers back as events, each to one node. */
export class TimerRunner {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #handlers: ReadonlyMap<string, TimerHandler>;
  #stopTimer: StopTimer | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Collections whose last look failed: an outage is told once, not at every look. */
  readonly #failing = new Set<string>();

  constructor(parts: { store: Store; clock: Clock; log: Log; handlers: ReadonlyMap<string, TimerHandler> }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#handlers = parts.handlers;
  }

  start(): void {
    this.#stopTimer = this.#clock.after(POLL_MS, () => {
      this.#running = this.#poll().finally(() => {
        if (!this.#stopped) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer?.();
    await this.#running;
  }

  async #poll(): Promise<void> {
    for (const [collection, handle] of this.#handlers) {
      try {
        const due = await this.#store.timers.claimDue(collection, this.#clock.now(), CLAIM_MS, BATCH);
        await Promise.all(due.map((timer) => handle(timer)));
        this.#failing.delete(collection);
      } catch (error) {
        if (this.#failing.has(collection)) continue;
        this.#failing.add(collection);
        // Claimed ones come back; the store's own state is told by /readyz.
        this.#log.warn("due timers could not be settled, trying again", { collection, error: String(error) });
      }
    }
  }
}
