import type { OutboxEntry, StoredRecord } from "../store.ts";
import { DELETED_KEY, EPOCH_KEY, type LogLine } from "./level-keys.ts";
import { TimerTable } from "./timer-table.ts";

/** One collection in memory. */
export interface CollectionContents {
  /** As decided: what the next commit is compared with. */
  readonly records: Map<string, StoredRecord>;
  /** As written, and as the watchers know them: a crash may take the rest back. */
  readonly written: Map<string, StoredRecord>;
  readonly timers: TimerTable;
  /** In commit order: a map keeps the order in which its keys came. */
  readonly outbox: Map<string, OutboxEntry>;
}

/** Everything in memory, as the log on disk says it. */
export class Contents {
  readonly #collections = new Map<string, CollectionContents>();
  highestVersion = 0;
  lastEpoch = 0;
  lastEntry = 0;

  of(collection: string): CollectionContents {
    const known = this.#collections.get(collection);
    if (known !== undefined) return known;
    const fresh = {
      records: new Map<string, StoredRecord>(),
      written: new Map<string, StoredRecord>(),
      timers: new TimerTable(),
      outbox: new Map<string, OutboxEntry>(),
    };
    this.#collections.set(collection, fresh);
    return fresh;
  }

  /** Takes in one line of the log; outbox lines come in order. */
  load(line: LogLine): void {
    switch (line.kind) {
      case "record":
        this.of(line.collection).records.set(line.record.id, line.record);
        this.of(line.collection).written.set(line.record.id, line.record);
        this.highestVersion = Math.max(this.highestVersion, line.record.version);
        return;
      case "timer":
        this.of(line.collection).timers.apply(line.id, line);
        return;
      case "outbox":
        this.of(line.collection).outbox.set(line.entry.entryId, line.entry);
        this.lastEntry = Math.max(this.lastEntry, Number(line.entry.entryId));
        return;
      case "fact":
        if (line.key === DELETED_KEY) this.highestVersion = Math.max(this.highestVersion, line.value);
        if (line.key === EPOCH_KEY) this.lastEpoch = line.value;
    }
  }

  /** Counters of an earlier picture of the same medium, so that none of them is given twice; a version is set apart for deletions. */
  takeOver(before: Contents): void {
    this.highestVersion = Math.max(this.highestVersion, before.highestVersion) + 1;
    this.lastEntry = Math.max(this.lastEntry, before.lastEntry);
  }
}
