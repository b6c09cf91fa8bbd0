import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import { StoreError } from "#store/errors";
import type { Store } from "#store/store";

/** How often somebody looks: a full store may refuse nothing for hours, because nobody asks. */
const LOOK_EVERY_MS = 5000;

/** What a store does for this node: everything; answer, and keep nothing new (a full Redis); nothing. `reason` is for people. */
export type StoreStanding = { readonly type: "writable" } | { readonly type: "unwritable" | "unusable"; readonly reason: string };

/** Looks whether the store takes what is new, and says when that changes. */
export class StoreHealth {
  readonly #parts: { readonly store: Pick<Store, "tryWrite">; readonly clock: Clock; readonly log: Log };
  #standing: StoreStanding["type"] = "writable";
  #stopTimer: StopTimer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: { readonly store: Pick<Store, "tryWrite">; readonly clock: Clock; readonly log: Log }) {
    this.#parts = parts;
  }

  /** As it was at the last look. */
  get isWritable(): boolean {
    return this.#standing === "writable";
  }

  start(): void {
    this.#looking = this.look().then(() => {
      if (!this.#isStopped)
        this.#stopTimer = this.#parts.clock.after(LOOK_EVERY_MS, () => {
          this.start();
        });
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer?.();
    await this.#looking;
  }

  /** As it is now. */
  async look(): Promise<StoreStanding> {
    const standing = await standingOf(this.#parts.store);
    // Told once, not by everybody who is refused.
    if (standing.type !== this.#standing && !this.#isStopped) {
      const { log } = this.#parts;
      if (standing.type === "writable") log.info("the store takes what is new again");
      else if (standing.type === "unwritable")
        log.error("the store keeps nothing new: lamps go on, new subscriptions and registrations are refused", {
          error: standing.reason,
        });
      else log.error("the store cannot be used", { error: standing.reason });
    }
    this.#standing = standing.type;
    return standing;
  }
}

async function standingOf(store: Pick<Store, "tryWrite">): Promise<StoreStanding> {
  try {
    await store.tryWrite();
    return { type: "writable" };
  } catch (error) {
    const isUnwritable = error instanceof StoreError && error.code === "store-unwritable";
    return { type: isUnwritable ? "unwritable" : "unusable", reason: error instanceof Error ? error.message : String(error) };
  }
}
