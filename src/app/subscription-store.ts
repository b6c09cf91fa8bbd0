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
