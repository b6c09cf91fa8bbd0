import type { Clock } from "#base/clock";
import { planCommit } from "#store/embedded/commit-plan";
import { Contents } from "#store/embedded/contents";
import { LeaseTable } from "#store/embedded/lease-table";
import type { Change, Commit, CommitOutcome, StoredRecord } from "#store/store";

/** Hears of every change, in the order in which they were made. */
export type MediumListener = (collection: string, change: Change) => void;

/** What all stores share: the maps and tables of the embedded store, without its disk. A commit is made in one step. */
export class Medium {
  readonly contents = new Contents();
  readonly leases: LeaseTable;
  readonly #listeners = new Set<MediumListener>();
  /** Requests that came while nobody answers; undefined: they are answered. */
  #waiting: (() => void)[] | undefined;

  constructor(clock: Clock) {
    this.leases = new LeaseTable(clock);
  }

  listen(listener: MediumListener): void {
    this.#listeners.add(listener);
  }

  leave(listener: MediumListener): void {
    this.#listeners.delete(listener);
  }

  records(collection: string): ReadonlyMap<string, StoredRecord> {
    return this.contents.of(collection).records;
  }

  /** Has this holder the lease of a record at this moment? */
  isHeldBy(collection: string, id: string, holder: string): boolean {
    const key = leaseKey(collection, id);
    const epoch = this.leases.fencedBy(key, { holder: "", epoch: 0 }) ?? 0;
    return epoch > 0 && this.leases.fencedBy(key, { holder, epoch }) === undefined;
  }

  /** A request has come. */
  serve(act: () => void): void {
    if (this.#waiting === undefined) act();
    else this.#waiting.push(act);
  }

  /** Nobody is answered; what comes meanwhile is done afterwards, in its order. */
  pause(): void {
    this.#waiting ??= [];
  }

  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const act of waiting) act();
  }

  /** `change`: what it made of the record. */
  commit(commit: Commit): { readonly outcome: CommitOutcome; readonly change?: Change | undefined } {
    const { collection, id, fence, expect } = commit;
    const epoch = fence === undefined ? undefined : this.leases.fencedBy(leaseKey(collection, id), fence);
    if (epoch !== undefined) return { outcome: { type: "fenced", epoch } };
    const contents = this.contents.of(collection);
    const current = contents.records.get(id);
    if (expect !== "any" && expect !== (current?.version ?? 0)) return { outcome: { type: "conflict", current } };
    const { version, change, entries } = planCommit(this.contents, commit);
    for (const timer of commit.timers ?? []) contents.timers.apply(id, timer);
    for (const entry of entries) contents.outbox.set(entry.entryId, entry);
    if (change !== undefined) for (const listener of [...this.#listeners]) listener(collection, change);
    return { outcome: { type: "committed", version }, change };
  }
}

export function leaseKey(collection: string, id: string): string {
  return `${collection}/${id}`;
}
