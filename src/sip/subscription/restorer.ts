import type { Log } from "#base/log";
import type { TimerWheel } from "#base/timer-wheel";
import type { Deliverer } from "./deliverer.ts";
import type { Lifetime } from "./lifetime.ts";
import { RESTORE_PER_SECOND } from "./limits.ts";
import type { RecordKeeper } from "./record-keeper.ts";
import type { SubscriptionRecord } from "./subscription.ts";
import type { SubscriptionMaker } from "./subscription-maker.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface RestorerParts {
  readonly node: string;
  readonly wheel: TimerWheel;
  readonly log: Log;
  readonly maker: SubscriptionMaker;
  readonly subscriptions: Subscriptions;
  readonly records: RecordKeeper;
  readonly lifetime: Lifetime;
  readonly deliverer: Deliverer;
}

/** Takes subscriptions of an earlier run up again, in their old dialogs (S-90, S-91). */
export class Restorer {
  readonly #parts: RestorerParts;

  constructor(parts: RestorerParts) {
    this.#parts = parts;
  }

  /** Makes them known; sends nothing yet. */
  restore(records: readonly SubscriptionRecord[]): void {
    const { maker, subscriptions } = this.#parts;
    // Of two of one device the newer one expires later.
    for (const record of [...records].sort((left, right) => left.expiresAt - right.expiresAt)) {
      if (record.node !== this.#parts.node) continue;
      const [beside] = subscriptions.usagesOf(record.dialog.localTag);
      const subscription = maker.revive(record, beside);
      if (subscription === undefined) {
        this.#parts.records.remove(record.id);
        continue;
      }
      subscription.replaces = subscriptions.findOlder(subscription);
      subscriptions.add(subscription);
    }
    this.#alignUsages();
  }

  /** Tells each the present state, paced. */
  resume(): void {
    const { subscriptions, lifetime, wheel, deliverer, log } = this.#parts;
    // Who refreshed before this has a timer and the present state already.
    const restored = [...subscriptions.all()].filter(({ expiryTimer }) => expiryTimer === undefined);
    restored.forEach((subscription, at) => {
      lifetime.startExpiry(subscription);
      wheel.start((at * 1000) / RESTORE_PER_SECOND, () => {
        deliverer.full(subscription);
      });
    });
    if (restored.length > 0) log.info("subscriptions go on where they were", { restored: restored.length });
  }

  /** A crash between two writes may leave usages of one dialog with different marks: the highest holds. */
  #alignUsages(): void {
    for (const subscription of this.#parts.subscriptions.all()) {
      const { record } = subscription;
      const usages = this.#parts.subscriptions.usagesOf(record.dialog.localTag);
      if (usages.length < 2) continue;
      const remoteCSeq = Math.max(...usages.map((usage) => usage.record.remoteCSeq));
      subscription.record = { ...record, remoteCSeq };
    }
  }
}
