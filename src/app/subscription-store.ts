import type { SubscriptionStore } from "#sip/subscription/ports";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { Store } from "#store/store";
import { COLLECTIONS } from "./collections.ts";

/** Keeps subscriptions in the store. One node speaks in a dialog, so the last write is the newest. */
export function subscriptionStore(store: Store): SubscriptionStore {
  const put = async (id: string, value: string | null): Promise<void> => {
    await store.commit({ collection: COLLECTIONS.subscription, id, expect: "any", value, durability: "written" });
  };
  return {
    save: (record) => put(record.id, JSON.stringify(record)),
    remove: (id) => put(id, null),
  };
}

/** Everything stored, for Notifier.restore. */
export async function storedSubscriptions(store: Store): Promise<SubscriptionRecord[]> {
  const records = await store.readAll(COLLECTIONS.subscription);
  return records.map((record) => JSON.parse(record.value) as SubscriptionRecord);
}

/** Records of one round of writing back. */
const BATCH = 500;

/** After the store lost its data: dialogs that live here go on after a restart all the same. */
export async function writeBackSubscriptions(store: SubscriptionStore, records: Iterable<SubscriptionRecord>): Promise<void> {
  const all = [...records];
  for (let at = 0; at < all.length; at += BATCH) await Promise.all(all.slice(at, at + BATCH).map((record) => store.save(record)));
}
