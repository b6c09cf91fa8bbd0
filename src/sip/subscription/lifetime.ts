import type { Clock } from "#base/clock";
import type { TimerWheel } from "#base/timer-wheel";
import type { Deliverer } from "./deliverer.ts";
import { EXPIRY_GRACE_MAX_MS, EXPIRY_GRACE_SHARE } from "./limits.ts";
import type { ResourceDirectory } from "./ports.ts";
import type { RecordKeeper } from "./record-keeper.ts";
import type { EndReason, Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface LifetimeParts {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly subscriptions: Subscriptions;
  readonly records: RecordKeeper;
  /** May this node speak in its dialogs at this moment (S-93)? */
  readonly maySpeak: () => boolean;
  readonly directory: Pick<ResourceDirectory, "release">;
  /** Asked when something moves: it needs this class to be made. */
  readonly deliverer: () => Deliverer;
}

/** How long subscriptions live, and how they end. Each usage of a dialog by itself: the dialog is gone with the last one (S-59, S-60). */
export class Lifetime {
  readonly #parts: LifetimeParts;
  /** Ends that came while this node was silent. */
  readonly #postponed = new Map<Subscription, () => void>();

  constructor(parts: LifetimeParts) {
    this.#parts = parts;
  }

  startExpiry(subscription: Subscription): void {
    const { wheel, clock } = this.#parts;
    wheel.stop(subscription.expiryTimer);
    const leftMs = Math.max(0, subscription.record.expiresAt - clock.now());
    const isExact = subscription.package.holding !== undefined;
    const graceMs = isExact ? 0 : Math.min(EXPIRY_GRACE_MAX_MS, leftMs * EXPIRY_GRACE_SHARE);
    subscription.expiryTimer = wheel.start(leftMs + graceMs, this.#expired, subscription);
  }

  /** The last NOTIFY says why; from now on the subscription is unknown to refreshes. */
  end(subscription: Subscription, reason: EndReason): void {
    // Who may not speak ends nothing: the dialog may be another node's, and be refreshed there.
    if (!this.#parts.maySpeak()) {
      this.#postponed.set(subscription, () => {
        this.end(subscription, reason);
      });
      return;
    }
    subscription.endReason = reason;
    this.#parts.wheel.stop(subscription.expiryTimer);
    this.#parts.subscriptions.remove(subscription);
    // Whoever removed it before may have seen it come back: numbers were reserved meanwhile, or it was missed in the store and written anew.
    this.#parts.records.remove(subscription.record.id);
    this.#release(subscription);
    this.#parts.deliverer().move(subscription, { type: "closed" });
  }

  /** Without a word: replaced, or its NOTIFYs do not arrive (S-60). */
  forget(subscription: Subscription): void {
    // A fetch was never kept, and what ended is let go already.
    if (!this.#parts.subscriptions.has(subscription)) return;
    this.#parts.wheel.stop(subscription.expiryTimer);
    this.#parts.subscriptions.remove(subscription);
    this.#parts.records.remove(subscription.record.id);
    this.#release(subscription);
  }

  /** The peer knows nothing of the whole dialog any more (RFC 5057 §5.1): its other usages go too. */
  forgetOthers(subscription: Subscription): void {
    for (const other of this.#parts.subscriptions.usagesOf(subscription.record.dialog.localTag))
      if (other !== subscription) this.drop(other);
  }

  /** A device answers nothing: all that it watches is over (C-35). */
  forgetDevice({ record: { watcher } }: Subscription): void {
    for (const one of [...this.#parts.subscriptions.ofAccount(watcher.aor)])
      if (one.record.watcher.device === watcher.device) this.drop(one);
  }

  /** The new one is acknowledged: what it takes the place of is over (S-29). */
  dropReplaced(subscription: Subscription): void {
    let older = subscription.replaces;
    subscription.replaces = undefined;
    // One that was never acknowledged may itself have been to replace another.
    for (; older !== undefined; older = older.replaces) if (this.#parts.subscriptions.has(older)) this.drop(older);
  }

  /** Over in this moment, and nothing more is sent. */
  drop(subscription: Subscription): void {
    this.#parts.deliverer().move(subscription, { type: "ended" });
    this.forget(subscription);
  }

  /** Another node speaks in its dialog from now on: the record is not ours any more. */
  leave(subscription: Subscription): void {
    this.#parts.deliverer().move(subscription, { type: "ended" });
    this.#parts.wheel.stop(subscription.expiryTimer);
    this.#parts.subscriptions.remove(subscription);
  }

  /** This node may speak again, and knows what is its own: what ended meanwhile ends now. */
  speak(): void {
    for (const [subscription, end] of [...this.#postponed]) {
      this.#postponed.delete(subscription);
      if (this.#parts.subscriptions.has(subscription)) end();
    }
  }

  #release({ package: { holding }, record }: Subscription): void {
    if (holding !== undefined) this.#parts.directory.release(record);
  }

  readonly #expired = (subscription: Subscription): void => {
    const again = (): void => {
      // It may have been refreshed from memory meanwhile (S-94).
      if (subscription.record.expiresAt <= this.#parts.clock.now()) this.#expired(subscription);
    };
    if (!this.#parts.maySpeak()) {
      // Its resource may be gone, which is the better reason.
      if (!this.#postponed.has(subscription)) this.#postponed.set(subscription, again);
      return;
    }
    this.end(subscription, "timeout");
  };
}
