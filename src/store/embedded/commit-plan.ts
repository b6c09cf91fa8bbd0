import { recordText } from "../record-text.ts";
import type { Change, Commit, OutboxEntry, StoredRecord } from "../store.ts";
import type { Contents } from "./contents.ts";
import { DELETED_KEY, outboxKey, outboxText, recordKey, timerKeyOf } from "./level-keys.ts";
import { timerKey } from "./timer-table.ts";
import type { WriteLine } from "./write-log.ts";

/** What a commit that is due does to the log and to whom it matters. */
export interface CommitPlan {
  readonly version: number;
  readonly lines: readonly WriteLine[];
  readonly change: Change | undefined;
  /** What the change made of the record; undefined when it deleted it. */
  readonly record: StoredRecord | undefined;
  readonly entries: readonly OutboxEntry[];
}

/** Takes the commit into the records, so that the next one sees it, and says what has to be written. */
export function planCommit(contents: Contents, commit: Commit): CommitPlan {
  const change = applyValue(contents, commit);
  const entries = (commit.outbox ?? []).map((payload) => ({
    entryId: String((contents.lastEntry += 1)),
    id: commit.id,
    payload,
  }));
  const lines = [...recordLines(commit.collection, change), ...timerLines(commit), ...outboxLines(commit.collection, entries)];
  const record = contents.of(commit.collection).records.get(commit.id);
  return { version: change?.version ?? record?.version ?? 0, lines, change, record, entries };
}

function applyValue(contents: Contents, commit: Commit): Change | undefined {
  const { records } = contents.of(commit.collection);
  const current = records.get(commit.id);
  if (commit.value === undefined || (commit.value === null && current === undefined)) return undefined;
  const version = nextVersion(contents, current);
  if (commit.value === null) {
    records.delete(commit.id);
    return { id: commit.id, version, value: undefined };
  }
  const record = { id: commit.id, version, value: commit.value };
  records.set(commit.id, record);
  return record;
}

/** A new record begins above everything that ever was, so that no version comes twice and none needs to be remembered. */
function nextVersion(contents: Contents, current: StoredRecord | undefined): number {
  const version = (current?.version ?? contents.highestVersion) + 1;
  contents.highestVersion = Math.max(contents.highestVersion, version);
  return version;
}

function recordLines(collection: string, change: Change | undefined): WriteLine[] {
  if (change === undefined) return [];
  const key = recordKey(collection, change.id);
  if (change.value !== undefined) return [[key, recordText(change.version, change.value)]];
  return [
    [key, null],
    [DELETED_KEY, String(change.version)],
  ];
}

function timerLines(commit: Commit): WriteLine[] {
  return (commit.timers ?? []).map((timer) => [
    timerKeyOf(commit.collection, timerKey(commit.id, timer.name)),
    timer.dueAt === null ? null : String(timer.dueAt),
  ]);
}

function outboxLines(collection: string, entries: readonly OutboxEntry[]): WriteLine[] {
  return entries.map((entry) => [outboxKey(collection, entry.entryId), outboxText(entry)]);
}
