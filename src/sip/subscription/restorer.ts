import type { Log } from "#base/log";
import type { TimerWheel } from "#base/timer-wheel";
import type { Deliverer } from "./deliverer.ts";
import type { Lifetime } from "./lifetime.ts";
import { RESTORE_PER_SECOND } from "./limits.ts";
import type { RecordKeeper } from "./record-keeper.ts";
import type { Subscription, SubscriptionRecord } from "./subscription.ts";
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

  /** Makes them known, and gives those that go on; sends nothing yet. */
  restore(records: readonly SubscriptionRecord[]): readonly Subscription[] {
    const { maker, subscriptions } = this.#parts;
    const restored: Subscription[] = [];
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
      restored.push(subscription);
    }
    for (const subscription of restored) this.#alignUsages(subscription);
    return restored;
  }

  /** Tells each the present state, paced: those, or all. */
  resume(those: Iterable<Subscription> = this.#parts.subscriptions.all()): void {
    const { lifetime, wheel, deliverer, log } = this.#parts;
    // Who refreshed before this has a timer and the present state already.
    const restored = [...those].filter(({ expiryTimer }) => expiryTimer === undefined);
    restored.forEach((subscription, at) => {
      lifetime.startExpiry(subscription);
      wheel.start((at * 1000) / RESTORE_PER_SECOND, () => {
        deliverer.full(subscription);
      });
    });
    if (restored.length > 0) log.info("subscriptions go on where they were", { restored: restored.length });
  }

  /** A crash between two writes may leave usages of one dialog with different marks: the highest holds. */
  #alignUsages({ record }: Subscription): void {
    const usages = this.#parts.subscriptions.usagesOf(record.dialog.localTag);
    if (usages.length < 2) return;
    const remoteCSeq = Math.max(...usages.map((usage) => usage.record.remoteCSeq));
    // A usage that was restored before this one is behind, too.
    for (const usage of usages) if (usage.record.remoteCSeq < remoteCSeq) usage.record = { ...usage.record, remoteCSeq };
  }
}
