import type { Stop } from "#base/lifecycle";
import { checkCommit } from "../limits.ts";
import { missedChanges } from "../picture.ts";
import type { ChangeListener, Commit, CommitOutcome, DueTimer, Store, StoredRecord, TimerStore } from "../store.ts";
import { Watchers } from "../watchers.ts";
import { planCommit, type CommitPlan } from "./commit-plan.ts";
import type { Contents } from "./contents.ts";
import { EmbeddedLeases } from "./embedded-leases.ts";
import { EmbeddedOutbox } from "./embedded-outbox.ts";
import { Folder, type FolderParts } from "./folder.ts";

/** Opens the store of one process in a folder. Rejects with StoreError. */
export async function openEmbeddedStore(parts: FolderParts): Promise<Store> {
  const store = new EmbeddedStore(parts);
  await store.open();
  return store;
}

/** Maps in memory over a log on disk. Everything is decided in memory in one step, and told when it is written. */
class EmbeddedStore implements Store {
  readonly #folder: Folder;
  readonly #watchers: Watchers;
  readonly timers: TimerStore;
  readonly outbox: EmbeddedOutbox;
  readonly leases: EmbeddedLeases;

  constructor(parts: FolderParts) {
    this.#watchers = new Watchers(parts.log);
    this.#folder = new Folder(parts, (before, now) => {
      this.#tellDifference(before, now);
    });
    this.timers = { claimDue: (collection, now, claimMs, limit) => this.#claimDue(collection, now, claimMs, limit) };
    this.outbox = new EmbeddedOutbox(this.#folder);
    this.leases = new EmbeddedLeases(this.#folder, parts);
  }

  async open(): Promise<void> {
    await this.#folder.open();
    this.leases.open();
  }

  /** Nobody is told what a crash may take back: a record that is being written is told when it is. */
  async read(collection: string, id: string): Promise<StoredRecord | undefined> {
    const { contents, log } = this.#folder.usable();
    const { records, written } = contents.of(collection);
    const record = records.get(id);
    if (record !== written.get(id)) await log.settled();
    return record;
  }

  async readAll(collection: string): Promise<StoredRecord[]> {
    const { contents, log } = this.#folder.usable();
    const records = [...contents.of(collection).records.values()];
    await log.settled();
    return records;
  }

  // The port is asynchronous everywhere: what is wrong is told by a rejection, never by a throw.
  /* eslint-disable @typescript-eslint/require-await */
  /** What was synced is there, and what was not is below the last moment of this process: nothing to write back. */
  onLost(): void {
    return;
  }

  async watch(collection: string, listener: ChangeListener): Promise<Stop> {
    const { written } = this.#folder.usable().contents.of(collection);
    const watcher = this.#watchers.join(collection, listener);
    for (const record of [...written.values()]) this.#watchers.tell(collection, [watcher], record);
    return async () => {
      this.#watchers.leave(collection, watcher);
    };
  }

  /** After a write that failed nothing is usable until writing works again. */
  async tryWrite(): Promise<void> {
    this.#folder.usable();
  }

  async #claimDue(collection: string, now: number, claimMs: number, limit: number): Promise<DueTimer[]> {
    return this.#folder.usable().contents.of(collection).timers.claimDue(now, claimMs, limit);
  }
  /* eslint-enable @typescript-eslint/require-await */

  async commit(commit: Commit): Promise<CommitOutcome> {
    checkCommit(commit);
    const { contents, log } = this.#folder.usable();
    const refusal = this.#refuse(contents, commit);
    if (refusal !== undefined) {
      // What refuses it must be as durable as an answer is.
      await log.settled();
      return refusal;
    }
    const plan = planCommit(contents, commit);
    await log.append(plan.lines, commit.durability === "synced", () => {
      applyWritten(contents, commit, plan);
      if (plan.change !== undefined) this.#watchers.tell(commit.collection, this.#watchers.of(commit.collection), plan.change);
    });
    return { type: "committed", version: plan.version };
  }

  close(): Promise<void> {
    return this.#folder.close();
  }

  /** Why the commit may not be made, as its outcome. */
  #refuse(contents: Contents, commit: Commit): CommitOutcome | undefined {
    const { collection, id, fence } = commit;
    const epoch = fence === undefined ? undefined : this.leases.fencedBy(collection, id, fence);
    if (epoch !== undefined) return { type: "fenced", epoch };
    const current = contents.of(collection).records.get(id);
    if (commit.expect === "any" || commit.expect === (current?.version ?? 0)) return undefined;
    return { type: "conflict", current };
  }

  /** A write that failed may have reached the folder all the same. */
  #tellDifference(before: Contents, now: Contents): void {
    for (const collection of this.#watchers.collections()) {
      const missed = missedChanges(before.of(collection).written, now.of(collection).written, now.highestVersion);
      for (const change of missed) this.#watchers.tell(collection, this.#watchers.of(collection), change);
    }
  }
}

/** Records, timers and outbox entries may be handed out only when they are written. */
function applyWritten(contents: Contents, commit: Commit, plan: CommitPlan): void {
  const { written, timers, outbox } = contents.of(commit.collection);
  if (plan.change !== undefined && plan.record !== undefined) written.set(commit.id, plan.record);
  else if (plan.change !== undefined) written.delete(commit.id);
  for (const change of commit.timers ?? []) timers.apply(commit.id, change);
  for (const entry of plan.entries) outbox.set(entry.entryId, entry);
}
