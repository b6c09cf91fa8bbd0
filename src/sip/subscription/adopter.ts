import type { Clock } from "#base/clock";
import type { ServerTransaction } from "#sip/transaction/user";
import type { Lifetime } from "./lifetime.ts";
import type { SubscriptionStore } from "./ports.ts";
import type { Restorer } from "./restorer.ts";
import type { Subscription, SubscriptionRecord } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

export interface AdopterParts {
  readonly clock: Clock;
  readonly store: SubscriptionStore;
  readonly subscriptions: Subscriptions;
  readonly lifetime: Lifetime;
  readonly restorer: Restorer;
}

/** Dialogs go from node to node: each with one that speaks in it (S-93), and it is the one that the phone talks to. */
export class Adopter {
  readonly #parts: AdopterParts;

  constructor(parts: AdopterParts) {
    this.#parts = parts;
    parts.store.onTaken((id) => {
      this.#leave(id);
    });
  }

  /** A request came in a dialog that may be another node's. Where another one speaks in it, this one does from now on. Rejects when the store cannot be used. */
  async fetch({ request }: ServerTransaction, localTag: string): Promise<void> {
    const fetched = await this.claim(
      [localTag],
      ({ dialog }) => dialog.callId === request.callId && dialog.remoteTag === request.from.tag,
    );
    for (const subscription of fetched) this.#parts.lifetime.startExpiry(subscription);
  }

  /** Of these, those that another node has and that are wanted are this one's from now on. Gives them; rejects when the store cannot be used. */
  async claim(ids: readonly string[], isWanted: (record: SubscriptionRecord) => boolean): Promise<readonly Subscription[]> {
    const now = this.#parts.clock.now();
    const found = await this.#parts.store.ofOthers(ids);
    // Numbers of a dialog with several usages cannot be handed on piece by piece: the phone makes new ones.
    const wanted = found.filter((record) => isWanted(record) && record.expiresAt > now && record.isShared !== true);
    if (wanted.length === 0) return [];
    // What is known of it here is of the time before: with those numbers nothing may be said once the record is ours again.
    for (const { id } of wanted) this.#leave(id);
    return this.#parts.restorer.restore(await this.#parts.store.take(wanted));
  }

  /** What a silent node had is of this node now: every watcher is told the present state, paced. Gives those that go on. */
  adopt(records: readonly SubscriptionRecord[]): readonly Subscription[] {
    // A dialog that went away and came back before anybody here noticed.
    for (const { id } of records) this.#leave(id);
    const restored = this.#parts.restorer.restore(records);
    this.#parts.restorer.resume(restored);
    return restored;
  }

  #leave(id: string): void {
    const taken = this.#parts.subscriptions.get(id);
    if (taken !== undefined) this.#parts.lifetime.leave(taken);
  }
}
