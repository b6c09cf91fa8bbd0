import type { Stop } from "#base/lifecycle";

/**
 * The store: one port, two implementations (embedded, redis), one conformance suite. It knows no telephony.
 *
 * Data are records: (collection, id) → JSON text, with a version that rises by one with every commit of that record.
 *
 * Guarantees
 * - commit is atomic: value, timers and outbox entries together or not at all, and only if the version (and the fence) it was
 *   computed from still holds. A conflict returns the record as it is now, so that the caller reduces again.
 * - A resolved commit is not lost by kill -9 of this process. Embedded: `synced` resolves after the medium has it, `written` is
 *   synced within a second. Redis: both are as durable as the server's own persistence makes them (README.md says how to set it).
 * - watch delivers every record once at first and then every change in version order per record. After any gap (a lost connection)
 *   it compares versions and delivers what was missed, deletions included. It never delivers an older version after a newer one;
 *   versions of a deleted and re-created record go on rising.
 * - When a commit resolves as committed, the watchers of this same Store object have already been told of it (once, in its turn), or
 *   of what came after it. Those of other Store objects are told soon.
 * - When the medium loses what it had acknowledged, nobody is told that records are gone: each Store object writes back what it watches,
 *   the highest version of a record wins, and what nobody knew any more is gone.
 * - A due timer is handed to exactly one claimer at a time; one that is not cleared or set anew by a commit comes back after the claim.
 * - A lease has one holder; every change of holder raises its epoch. A commit fenced with an older epoch is refused.
 * Errors of the world (server gone, disk full) reject with StoreError (store/errors.ts); nothing hangs longer than a second. A commit
 * that rejected may have been made all the same: whoever tries again compares the version.
 */
export interface Store {
  read(collection: string, id: string): Promise<StoredRecord | undefined>;
  /** Everything in a collection at one moment, for loading at start. */
  readAll(collection: string): Promise<StoredRecord[]>;
  commit(commit: Commit): Promise<CommitOutcome>;
  /** Resolves when the first full delivery is done. The listener is synchronous and must not throw. */
  watch(collection: string, listener: ChangeListener, timersOf?: TimersOf): Promise<Stop>;
  /**
   * Calls `listener` after the medium turned out to have lost what it had acknowledged (an emptied or older Redis): of a collection that is
   * watched, or of one in `unwatched`. What is watched has been written back by then, timers included; the listener writes back the rest. Never
   * called by the embedded store.
   */
  onLost(unwatched: readonly string[], listener: () => void): void;
  readonly timers: TimerStore;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;
  /** Does the medium take what is new right now? Rejects with the reason: `store-unwritable` where it only answers. Changes nothing. */
  tryWrite(): Promise<void>;
  close(): Promise<void>;
}

export interface StoredRecord {
  readonly id: string;
  /** ≥ 1; rises with every commit. */
  readonly version: number;
  readonly value: string;
}

export interface Commit {
  readonly collection: string;
  readonly id: string;
  /** The version this was computed from; 0 = must not exist; "any" = last writer wins. */
  readonly expect: number | "any";
  /** New value, or null to delete, or undefined to leave the value alone (only timers or outbox; the version does not rise then). */
  readonly value?: string | null;
  readonly timers?: readonly TimerChange[];
  readonly outbox?: readonly string[];
  readonly fence?: Fence;
  readonly durability: "synced" | "written";
}

/** Timers belong to a record and are named within it. `dueAt` (epoch ms) sets or moves it, null clears it. */
export interface TimerChange {
  readonly name: string;
  readonly dueAt: number | null;
}

export type CommitOutcome =
  | { readonly type: "committed"; readonly version: number }
  /** Somebody else was faster: `current` is what is there now (undefined = nothing). */
  | { readonly type: "conflict"; readonly current: StoredRecord | undefined }
  /** The lease of the fence has a newer epoch. */
  | { readonly type: "fenced"; readonly epoch: number };

/** Timers that a record has by its value, so that they can be made again where they were lost. */
export type TimersOf = (record: StoredRecord) => readonly TimerChange[];

export type ChangeListener = (change: Change) => void;

/** `value` undefined = deleted (version is the one that the deletion made). */
export interface Change {
  readonly id: string;
  readonly version: number;
  readonly value: string | undefined;
}

export interface TimerStore {
  /** Takes up to `limit` timers of a collection due at `now`; they come back at now + claimMs unless a commit clears or moves them. */
  claimDue(collection: string, now: number, claimMs: number, limit: number): Promise<DueTimer[]>;
}

export interface DueTimer {
  readonly id: string;
  readonly name: string;
  readonly dueAt: number;
}

/** Durable effects, in commit order per record; each stays until it is acknowledged, and is delivered at least once. */
export interface OutboxStore {
  read(collection: string, limit: number): Promise<OutboxEntry[]>;
  acknowledge(collection: string, entryIds: readonly string[]): Promise<void>;
}

export interface OutboxEntry {
  /** Opaque, for `acknowledge`. */
  readonly entryId: string;
  readonly id: string;
  readonly payload: string;
}

/** A lease is scoped to a record, so that commits of that record can be fenced by it in one place. */
export interface LeaseStore {
  /** Takes or renews the lease for `holder`. Refused while another holder's lease runs. `now` is the store's own clock. */
  acquire(collection: string, id: string, holder: string, ttlMs: number): Promise<LeaseOutcome>;
  release(collection: string, id: string, holder: string): Promise<void>;
}

export interface Fence {
  readonly holder: string;
  readonly epoch: number;
}

export type LeaseOutcome =
  | { readonly type: "held"; readonly epoch: number }
  | { readonly type: "refused"; readonly holder: string; readonly epoch: number };
