import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { StoredRecord } from "#store/store";
import { storedSubscription, type KeptSubscription } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

/** undefined: what is stored is none. */
export function parseSubscription({ value }: StoredRecord): KeptSubscription | undefined {
  return storedValue(storedSubscription, value);
}

/** As the notifier has it: what it writes next says nothing of how it came here. */
export function withoutWord(kept: KeptSubscription): SubscriptionRecord {
  const { takenFrom, ...record } = kept;
  return takenFrom === undefined ? kept : record;
}

/** Usages of one dialog share its numbers: they go in one round, of about `batch` records. */
export function roundsByDialog(records: readonly SubscriptionRecord[], batch: number): SubscriptionRecord[][] {
  const dialogs = new Map<string, SubscriptionRecord[]>();
  for (const record of records) {
    const usages = dialogs.get(record.dialog.localTag);
    if (usages === undefined) dialogs.set(record.dialog.localTag, [record]);
    else usages.push(record);
  }
  const rounds: SubscriptionRecord[][] = [[]];
  for (const usages of dialogs.values()) {
    if ((rounds.at(-1)?.length ?? 0) >= batch) rounds.push([]);
    rounds.at(-1)?.push(...usages);
  }
  return rounds;
}
