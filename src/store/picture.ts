import type { Change, StoredRecord } from "./store.ts";

/** The records that somebody knows, by id. */
export type Picture = ReadonlyMap<string, StoredRecord>;

/**
 * What a watcher who knows `known` must be told so that it knows `now`. The value is compared too: a medium that lost commits may
 * give a version a second time. A deletion has the version `deletedAt`, which is not below the one that the deletion made.
 */
export function missedChanges(known: Picture, now: Picture, deletedAt: number): Change[] {
  const changes: Change[] = [];
  for (const record of now.values()) {
    const before = known.get(record.id);
    if (before?.version !== record.version || before.value !== record.value) changes.push(record);
  }
  for (const id of known.keys()) if (!now.has(id)) changes.push({ id, version: deletedAt, value: undefined });
  return changes;
}
