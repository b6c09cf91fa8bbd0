import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { StoreError } from "#store/errors";
import { checkCommit } from "#store/limits";
import { missedChanges } from "#store/picture";
import type {
  Change,
  ChangeListener,
  Commit,
  CommitOutcome,
  LeaseStore,
  OutboxStore,
  Store,
  StoredRecord,
  TimerStore,
} from "#store/store";
import { leaseKey, type Medium, type MediumListener } from "./medium.ts";
import type { SimProcess } from "./sim-process.ts";
import { StoreLink } from "./store-link.ts";
import type { Surroundings } from "./world.ts";

/** Nothing hangs longer (store.ts). */
const ANSWER_MAX_MS = 1000;
/** A connection that broke is noticed in this time. */
const NOTICED_MAX_MS = 50;

/** Somebody who watches, and what he knows: a deletion is a record without a value. */
interface Watcher {
  readonly collection: string;
  readonly listener: ChangeListener;
  readonly known: Map<string, Change>;
  /** What our own commits changed before the first picture was here; undefined: it is here. */
  early: Change[] | undefined;
  hasLeft: boolean;
}

/** How an answer comes. */
interface Delivery<T> {
  /** In order with the changes. */
  readonly isOfFeed?: boolean;
  /** Done before whoever asked hears of it, in the same turn. */
  readonly before?: (result: T) => void;
}

/** The store of one process on a shared medium: every call takes its time on the link, and may find that it is cut. */
export class SimStore implements Store {
  readonly link: StoreLink;
  readonly timers: TimerStore;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;
  readonly #world: Surroundings;
  readonly #medium: Medium;
  readonly #process: SimProcess;
  readonly #log: Log;
  readonly #watchers = new Set<Watcher>();
  readonly #pending = new Set<(error: StoreError) => void>();
  #isClosed = false;

  constructor(world: Surroundings, medium: Medium, process: SimProcess, log: Log) {
    this.#world = world;
    this.#medium = medium;
    this.#process = process;
    this.#log = log;
    this.link = new StoreLink(world, medium, process);
    const { contents, leases } = medium;
    this.timers = {
      claimDue: (collection, now, claimMs, limit) =>
        this.#call(() => contents.of(collection).timers.claimDue(now, claimMs, limit)),
    };
    this.outbox = {
      read: (collection, limit) => this.#call(() => [...contents.of(collection).outbox.values()].slice(0, limit)),
      acknowledge: (collection, entryIds) =>
        this.#call(() => {
          for (const entryId of entryIds) contents.of(collection).outbox.delete(entryId);
        }),
    };
    this.leases = {
      acquire: (collection, id, holder, ttlMs) => this.#call(() => leases.acquire(leaseKey(collection, id), holder, ttlMs)),
      release: (collection, id, holder) =>
        this.#call(() => {
          leases.release(leaseKey(collection, id), holder);
        }),
    };
    medium.listen(this.#heard);
  }

  read(collection: string, id: string): Promise<StoredRecord | undefined> {
    return this.#call(() => this.#medium.records(collection).get(id));
  }

  readAll(collection: string): Promise<StoredRecord[]> {
    return this.#call(() => [...this.#medium.records(collection).values()]);
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    checkCommit(commit);
    const { outcome } = await this.#call(() => this.#medium.commit(commit), {
      // Whoever committed has told the watchers of the same store when he hears of it.
      before: ({ change }) => {
        if (change !== undefined) this.#tell(commit.collection, change);
      },
    });
    return outcome;
  }

  async watch(collection: string, listener: ChangeListener): Promise<Stop> {
    const watcher: Watcher = { collection, listener, known: new Map(), early: [], hasLeft: false };
    this.#watchers.add(watcher);
    const read = this.#call(() => [...this.#medium.records(collection).values()], {
      // Behind what was told before, before what comes.
      isOfFeed: true,
      before: (records) => {
        const { early = [] } = watcher;
        watcher.early = undefined;
        for (const change of [...records, ...early]) this.#tellOne(watcher, change);
      },
    });
    await read.catch((error: unknown) => {
      this.#watchers.delete(watcher);
      throw error;
    });
    return async () => {
      watcher.hasLeft = true;
      this.#watchers.delete(watcher);
      await Promise.resolve();
    };
  }

  /** The medium loses nothing. */
  readonly onLost: Store["onLost"] = () => undefined;

  /** It never is full. */
  tryWrite(): Promise<void> {
    return this.#call(() => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#medium.leave(this.#heard);
    for (const fail of [...this.#pending]) fail(new StoreError("store-closed"));
    await Promise.resolve();
  }

  /** The process is gone; what it had sent may arrive all the same. */
  abandon(isLost: boolean): void {
    this.#medium.leave(this.#heard);
    if (isLost) this.link.drop();
  }

  /** Answers are lost, and requests. */
  cut(): void {
    this.link.state = "cut";
    this.link.drop();
    for (const fail of [...this.#pending]) this.#failSoon(fail);
  }

  /** Nothing gets through, and nobody says so. */
  hold(): void {
    if (this.link.state === "open") this.link.state = "stuck";
  }

  /** The way is free again; what the watchers have missed is found by comparing. */
  heal(): void {
    const wasCut = this.link.state === "cut";
    this.link.open();
    if (wasCut) this.#resynchronise();
  }

  #call<T>(act: () => T, how: Delivery<T> = {}): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StoreError("store-closed"));
    return new Promise((resolve, reject) => {
      // Whoever is dead hears nothing more.
      if (!this.#process.mayAct()) return;
      const isOver = (): boolean => {
        stopTimer();
        return !this.#pending.delete(fail);
      };
      const fail = (error: Error): void => {
        if (!isOver()) reject(error);
      };
      const stopTimer = this.#process.clock.after(ANSWER_MAX_MS, () => {
        fail(new StoreError("store-timeout"));
      });
      this.#pending.add(fail);
      const back = (tell: () => void): void => {
        if (how.isOfFeed === true) this.link.feed(tell);
        else this.link.answer(tell);
      };
      const answer = (result: T): void => {
        back(() => {
          if (isOver()) return;
          how.before?.(result);
          resolve(result);
        });
      };
      if (this.link.state === "cut") this.#failSoon(fail);
      else
        this.link.send(() => {
          answer(act());
        });
    });
  }

  #failSoon(fail: (error: StoreError) => void): void {
    this.#process.clock.after(this.#world.between(1, NOTICED_MAX_MS), () => {
      fail(new StoreError("store-unreachable"));
    });
  }

  readonly #heard: MediumListener = (collection, change) => {
    if (this.link.state === "cut") return;
    this.link.feed(() => {
      this.#tell(collection, change);
    });
  };

  #resynchronise(): void {
    const { contents } = this.#medium;
    for (const watcher of this.#watchers) {
      const { collection } = watcher;
      const known = new Map<string, StoredRecord>();
      for (const { id, version, value } of watcher.known.values()) if (value !== undefined) known.set(id, { id, version, value });
      const missed = missedChanges(known, contents.of(collection).records, contents.highestVersion);
      this.link.feed(() => {
        for (const change of missed) this.#tellOne(watcher, change);
      });
    }
  }

  #tell(collection: string, change: Change): void {
    for (const watcher of [...this.#watchers]) if (watcher.collection === collection) this.#tellOne(watcher, change);
  }

  #tellOne(watcher: Watcher, change: Change): void {
    if (watcher.hasLeft || this.#isClosed) return;
    if (watcher.early !== undefined) {
      watcher.early.push(change);
      return;
    }
    if (change.version <= (watcher.known.get(change.id)?.version ?? 0)) return;
    watcher.known.set(change.id, change);
    try {
      watcher.listener(change);
    } catch (error) {
      this.#log.error("a listener of the store failed", { collection: watcher.collection, error: String(error) });
    }
  }
}
