import type { Log } from "#base/log";
import type { TimerWheel } from "#base/timer-wheel";
import type { SubscriptionStore } from "./ports.ts";
import type { SubscriptionRecord } from "./subscription.ts";

/** Pause before a removal that the store refused is tried again. */
const REMOVE_AGAIN_MS = 10_000;
/** As many as a node has subscriptions; what a stranger asks for while the store is away is bounded by it too. */
const UNREMOVED_MAX = 50_000;

/** Keeps the records of subscriptions, and says what is done when the store cannot be used (S-94). */
export class RecordKeeper {
  readonly #parts: { readonly store: SubscriptionStore; readonly wheel: TimerWheel; readonly log: Log };
  /** Records that are still to be removed, each once. */
  readonly #unremoved = new Set<string>();
  #isTryingAgain = false;
  #stopped = false;

  constructor(parts: { readonly store: SubscriptionStore; readonly wheel: TimerWheel; readonly log: Log }) {
    this.#parts = parts;
  }

  /** The process stops: what a write makes possible is left to the next one. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Rejects when the store cannot be used. */
  save(record: SubscriptionRecord): Promise<void> {
    return this.#parts.store.save(record);
  }

  /**
   * Who is served already is served on from memory (S-94): no lamp goes dark because a refresh cannot be written. A restart finds the
   * record as it was and ends it too early at worst, and the phone's next SUBSCRIBE sets it right.
   */
  async savedIfPossible(record: SubscriptionRecord): Promise<void> {
    try {
      await this.#parts.store.save(record);
    } catch (error) {
      this.#warn("a subscription goes on in memory only: the store cannot be used", record.id, error);
    }
  }

  /** Resolves when the record is gone, or when that must be tried again later. */
  async removedIfPossible(id: string): Promise<void> {
    try {
      await this.#parts.store.remove(id);
      this.#unremoved.delete(id);
    } catch (error) {
      // One that is left out is answered 481 after the next start, or expires.
      if (this.#unremoved.size < UNREMOVED_MAX) this.#unremoved.add(id);
      if (this.#isTryingAgain) return;
      this.#warn("a subscription could not be removed from the store, trying again", id, error);
      this.#tryAgain();
    }
  }

  /** One after the other, and no more once one has failed: an outage must not end in a rush. */
  #tryAgain(): void {
    this.#isTryingAgain = true;
    this.#parts.wheel.start(REMOVE_AGAIN_MS, () => {
      void this.#removeLeft().then(() => {
        if (this.#stopped || this.#unremoved.size === 0) this.#isTryingAgain = false;
        else this.#tryAgain();
      });
    });
  }

  async #removeLeft(): Promise<void> {
    for (const id of this.#unremoved) {
      if (this.#stopped) return;
      try {
        await this.#parts.store.remove(id);
        this.#unremoved.delete(id);
      } catch {
        // Told when it began.
        return;
      }
    }
  }

  /** Until it is done: a record left behind would speak in a dead dialog after the next start. */
  remove(id: string): void {
    // Failures are dealt with inside.
    if (!this.#stopped) void this.removedIfPossible(id);
  }

  /** Removes nothing any more: what is stored goes on at the next start. */
  stop(): void {
    this.#stopped = true;
  }

  #warn(message: string, subscription: string, error: unknown): void {
    this.#parts.log.warn(message, { subscription, error: String(error) });
  }
}
