import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { StoreError } from "../errors.ts";
import { checkCommit, checkName } from "../limits.ts";
import { missedChanges } from "../picture.ts";
import type {
  ChangeListener,
  Commit,
  CommitOutcome,
  DueTimer,
  LeaseOutcome,
  LeaseStore,
  OutboxEntry,
  OutboxStore,
  Store,
  StoredRecord,
  TimerStore,
} from "../store.ts";
import { Watchers } from "../watchers.ts";
import { planCommit, type CommitPlan } from "./commit-plan.ts";
import type { Contents } from "./contents.ts";
import { LeaseTable } from "./lease-table.ts";
import { EPOCH_KEY, outboxKey } from "./level-keys.ts";
import { loadContents, openLevel, type Level } from "./open-level.ts";
import { WriteLog } from "./write-log.ts";

/** Between two tries to read the medium again after a failed write. */
const RECOVER_EVERY_MS = 1000;

/** The log on disk, its writer and its picture in memory; replaced as a whole after a failed write. */
interface Medium {
  readonly level: Level;
  readonly log: WriteLog;
  readonly contents: Contents;
}

interface Parts {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the store of one process in a folder. Rejects with StoreError. */
export async function openEmbeddedStore(parts: Parts): Promise<Store> {
  const store = new EmbeddedStore(parts);
  await store.open();
  return store;
}

/** Maps in memory over a log on disk. Everything is decided in memory in one step, and told when it is written. */
class EmbeddedStore implements Store {
  readonly #parts: Parts;
  readonly #watchers: Watchers;
  readonly #leases: LeaseTable;
  readonly timers: TimerStore;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;
  /** The medium, or why there is none. */
  #medium: Medium | StoreError = new StoreError("store-closed");
  #stopRecovery: StopTimer | undefined;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#watchers = new Watchers(parts.log);
    this.#leases = new LeaseTable(parts.clock);
    this.timers = { claimDue: (collection, now, claimMs, limit) => this.#claimDue(collection, now, claimMs, limit) };
    this.outbox = {
      read: (collection, limit) => this.#readOutbox(collection, limit),
      acknowledge: (collection, entryIds) => this.#acknowledge(collection, entryIds),
    };
    this.leases = {
      acquire: (collection, id, holder, ttlMs) => this.#acquire(collection, id, holder, ttlMs),
      release: (collection, id, holder) => this.#release(collection, id, holder),
    };
  }

  async open(): Promise<void> {
    const medium = await this.#openMedium();
    this.#leases.goOnFrom(medium.contents.lastEpoch);
    this.#medium = medium;
  }

  /** Nobody is told what a crash may take back: a record that is being written is told when it is. */
  async read(collection: string, id: string): Promise<StoredRecord | undefined> {
    const { contents, log } = this.#usable();
    const { records, written } = contents.of(collection);
    const record = records.get(id);
    if (record !== written.get(id)) await log.settled();
    return record;
  }

  async readAll(collection: string): Promise<StoredRecord[]> {
    const { contents, log } = this.#usable();
    const records = [...contents.of(collection).records.values()];
    await log.settled();
    return records;
  }

  // The port is asynchronous everywhere: what is wrong is told by a rejection, never by a throw.
  /* eslint-disable @typescript-eslint/require-await */
  async watch(collection: string, listener: ChangeListener): Promise<Stop> {
    const { written } = this.#usable().contents.of(collection);
    const watcher = this.#watchers.join(collection, listener);
    for (const record of [...written.values()]) this.#watchers.tell(collection, [watcher], record);
    return async () => {
      this.#watchers.leave(collection, watcher);
    };
  }

  async ping(): Promise<void> {
    this.#usable();
  }

  async #claimDue(collection: string, now: number, claimMs: number, limit: number): Promise<DueTimer[]> {
    return this.#usable().contents.of(collection).timers.claimDue(now, claimMs, limit);
  }

  async #readOutbox(collection: string, limit: number): Promise<OutboxEntry[]> {
    return firstOf(this.#usable().contents.of(collection).outbox.values(), limit);
  }

  async #release(collection: string, id: string, holder: string): Promise<void> {
    this.#usable();
    this.#leases.release(leaseKey(collection, id), holder);
  }
  /* eslint-enable @typescript-eslint/require-await */

  async commit(commit: Commit): Promise<CommitOutcome> {
    checkCommit(commit);
    const medium = this.#usable();
    const refusal = this.#refuse(medium.contents, commit);
    if (refusal !== undefined) {
      // What refuses it must be as durable as an answer is.
      await medium.log.settled();
      return refusal;
    }
    const plan = planCommit(medium.contents, commit);
    await medium.log.append(plan.lines, commit.durability === "synced", () => {
      applyWritten(medium.contents, commit, plan);
      if (plan.change !== undefined) this.#watchers.tell(commit.collection, this.#watchers.of(commit.collection), plan.change);
    });
    return { type: "committed", version: plan.version };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopRecovery?.();
    const medium = this.#medium;
    this.#medium = new StoreError("store-closed");
    if (medium instanceof StoreError) return;
    try {
      await medium.log.close();
    } finally {
      await medium.level.close();
    }
  }

  async #acknowledge(collection: string, entryIds: readonly string[]): Promise<void> {
    const { contents, log } = this.#usable();
    for (const entryId of entryIds) contents.of(collection).outbox.delete(entryId);
    await log.append(
      entryIds.map((entryId) => [outboxKey(collection, entryId), null]),
      false,
    );
  }

  async #acquire(collection: string, id: string, holder: string, ttlMs: number): Promise<LeaseOutcome> {
    checkName(collection, id);
    const { log } = this.#usable();
    const before = this.#leases.epoch;
    const outcome = this.#leases.acquire(leaseKey(collection, id), holder, ttlMs);
    if (this.#leases.epoch !== before) await log.append([[EPOCH_KEY, String(this.#leases.epoch)]], false);
    return outcome;
  }

  /** Why the commit may not be made, as its outcome. */
  #refuse(contents: Contents, commit: Commit): CommitOutcome | undefined {
    if (commit.fence !== undefined) {
      const epoch = this.#leases.fencedBy(leaseKey(commit.collection, commit.id), commit.fence);
      if (epoch !== undefined) return { type: "fenced", epoch };
    }
    const current = contents.of(commit.collection).records.get(commit.id);
    if (commit.expect === "any" || commit.expect === (current?.version ?? 0)) return undefined;
    return { type: "conflict", current };
  }

  #usable(): Medium {
    if (this.#medium instanceof StoreError) throw this.#medium;
    return this.#medium;
  }

  async #openMedium(): Promise<Medium> {
    const level = await openLevel(this.#parts.folder);
    try {
      const contents = await loadContents(level);
      const log = new WriteLog(level, this.#parts.clock, (error) => {
        void this.#recover(level, contents, error);
      });
      return { level, log, contents };
    } catch (error) {
      await level.close();
      throw error;
    }
  }

  /** Memory is ahead of the medium after a failed write: read the medium again and tell the watchers what is different there. */
  async #recover(level: Level, before: Contents, error: StoreError): Promise<void> {
    if (this.#closed) return;
    this.#medium = error;
    this.#parts.log.error("the store cannot write, trying again", { store: this.#parts.folder, error: error.message });
    try {
      await level.close();
      await this.#reopen(before);
    } catch (failure) {
      const again = failure instanceof StoreError ? failure : error;
      this.#stopRecovery = this.#parts.clock.after(RECOVER_EVERY_MS, () => void this.#recover(level, before, again));
    }
  }

  async #reopen(before: Contents): Promise<void> {
    const medium = await this.#openMedium();
    if (this.#closed) {
      await medium.level.close();
      return;
    }
    medium.contents.takeOver(before);
    this.#medium = medium;
    this.#parts.log.info("the store writes again", { store: this.#parts.folder });
    for (const collection of this.#watchers.collections()) {
      const missed = missedChanges(
        before.of(collection).written,
        medium.contents.of(collection).records,
        medium.contents.highestVersion,
      );
      for (const change of missed) this.#watchers.tell(collection, this.#watchers.of(collection), change);
    }
  }
}

function leaseKey(collection: string, id: string): string {
  return `${collection}/${id}`;
}

/** Records, timers and outbox entries may be handed out only when they are written. */
function applyWritten(contents: Contents, commit: Commit, plan: CommitPlan): void {
  const { written, timers, outbox } = contents.of(commit.collection);
  if (plan.change !== undefined && plan.record !== undefined) written.set(commit.id, plan.record);
  else if (plan.change !== undefined) written.delete(commit.id);
  for (const change of commit.timers ?? []) timers.apply(commit.id, change);
  for (const entry of plan.entries) outbox.set(entry.entryId, entry);
}

function firstOf<T>(values: Iterable<T>, limit: number): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length >= limit) break;
    first.push(value);
  }
  return first;
}
