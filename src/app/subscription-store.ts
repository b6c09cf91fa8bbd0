import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Notifier } from "#sip/subscription/notifier";
import type { SubscriptionStore } from "#sip/subscription/ports";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { Store, StoredRecord } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import { HandoverWords } from "./handover-word.ts";
import { parseSubscription, roundsByDialog, withoutWord } from "./kept-subscription.ts";
import type { KeptSubscription } from "./stored-shapes.ts";

/** Records of one round of reading in, writing back, or taking over: nothing else waits long meanwhile. */
const BATCH = 500;
/** Tries after losing a race against another write of our own. */
const TRIES_MAX = 20;
/** Pause before what could not be written back is tried again. */
const WRITE_BACK_AGAIN_MS = 1000;

/** A subscription that is ours now, and the nodes that had it and may not know: the last one, and those that it did not tell. */
interface Taken {
  readonly record: SubscriptionRecord;
  readonly before: readonly string[];
  /** Of the record, since it is ours. */
  readonly version: number;
}

/** A record as it was found. */
interface Found {
  readonly record: KeptSubscription;
  readonly version: number;
}

/** What came of taking many: the store may fail in between. */
interface Takes {
  readonly taken: readonly Taken[];
  readonly failure: Error | undefined;
}

/** The subscriptions that live on this node, as they are whenever it is asked. */
export interface LiveRecords {
  ids(): string[];
  get(id: string): SubscriptionRecord | undefined;
}

/** Those of a notifier. */
export function liveRecords({ subscriptions }: Pick<Notifier, "subscriptions">): LiveRecords {
  return {
    ids: () => [...subscriptions.all()].map(({ record }) => record.id),
    get: (id) => subscriptions.get(id)?.record,
  };
}

/**
 * Subscriptions in the store. Each is of one node, the one that its record names (S-93): a write is made only on top of the last one known, so
 * that a node that was thought dead cannot write over what another has taken since.
 */
export class StoredSubscriptions implements SubscriptionStore {
  readonly #store: Store;
  readonly #node: string;
  readonly #clock: Clock;
  /** Versions that our writes are known to have made, by id. */
  readonly #versions = new Map<string, number>();
  /** The last write under way of each record: each counts on what the one before has made, and on nothing that it will make. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Takes whose answer got lost, each with the nodes that had the dialog: they may have been made, and then nobody else speaks there. */
  readonly #unsure = new Map<string, readonly string[]>();
  readonly #words: HandoverWords;
  /** What is still to be written back. */
  readonly #unwritten = new Set<string>();
  #isWritingBack = false;
  #onTaken: (id: string) => void = () => undefined;
  #isStopped = false;

  constructor(store: Store, node: string, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#node = node;
    this.#words = new HandoverWords(store, node, clock);
  }

  onTaken(listener: (id: string) => void): void {
    this.#onTaken = listener;
  }

  /** Follows what other nodes take from this one; resolves when it is heard of. */
  async start(): Promise<Stop> {
    const stopWords = await this.#words.start((id, version) => {
      // The word may come late, when the dialog is here again.
      if ((this.#versions.get(id) ?? 0) <= version) this.#lose(id);
    });
    return async () => {
      this.#isStopped = true;
      await stopWords();
    };
  }

  save(record: SubscriptionRecord): Promise<void> {
    return this.#inTurn(record.id, () => this.#save(record));
  }

  async #save(record: SubscriptionRecord): Promise<void> {
    const value = JSON.stringify(record);
    let expect = this.#versions.get(record.id) ?? 0;
    for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
      const outcome = await this.#commit(record.id, expect, value);
      if (outcome.type === "committed") {
        this.#versions.set(record.id, outcome.version);
        return;
      }
      const current = outcome.type === "conflict" ? outcome.current : undefined;
      if (current !== undefined && parseSubscription(current)?.node !== this.#node) {
        this.#lose(record.id);
        return;
      }
      expect = current?.version ?? 0;
    }
    throw new Error(`no commit after ${TRIES_MAX} tries: subscription ${record.id}`);
  }

  remove(id: string): Promise<void> {
    return this.#inTurn(id, () => this.#remove(id));
  }

  async #remove(id: string): Promise<void> {
    let expect = this.#versions.get(id);
    this.#versions.delete(id);
    for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
      const outcome = await this.#commit(id, expect ?? 0, null);
      const current = outcome.type === "conflict" ? outcome.current : undefined;
      if (current === undefined || parseSubscription(current)?.node !== this.#node) return;
      expect = current.version;
    }
  }

  /** Records of a dialog that another node speaks in, by their ids; none where this node would know them. */
  async ofOthers(ids: readonly string[]): Promise<readonly SubscriptionRecord[]> {
    const found = await Promise.all(ids.map((id) => this.#store.read(COLLECTIONS.subscription, id)));
    return found.flatMap((stored) => {
      const record = stored === undefined ? undefined : parseSubscription(stored);
      return record === undefined || (record.node === this.#node && !this.#unsure.has(record.id)) ? [] : [record];
    });
  }

  /** Makes this node the one that speaks in these dialogs, and tells those that did; gives those that it now has. */
  async take(records: readonly SubscriptionRecord[]): Promise<readonly SubscriptionRecord[]> {
    const { taken, failure } = await this.#takeAll(records, () => true);
    await Promise.all(taken.map((one) => this.#sayTaken(one)));
    if (taken.length === 0 && failure !== undefined) throw failure;
    return taken.map(({ record }) => record);
  }

  /** Everything stored that this node speaks in, for Notifier.restore. */
  async own(): Promise<readonly SubscriptionRecord[]> {
    const found = await this.#of(this.#node);
    for (const { record, version } of found) this.#versions.set(record.id, Math.max(version, this.#versions.get(record.id) ?? 0));
    await this.#tellUntold(found);
    return found.map(({ record }) => withoutWord(record));
  }

  /** Takes what a silent node had, in rounds, as long as `mayTake`; `adopt` is given each. Gives how many. Rejects when something is left. */
  async takeFrom(node: string, mayTake: () => boolean, adopt: (records: readonly SubscriptionRecord[]) => void): Promise<number> {
    let count = 0;
    for (const round of roundsByDialog(
      (await this.#of(node)).map(({ record }) => record),
      BATCH,
    )) {
      const { taken, failure } = await this.#takeAll(round, mayTake);
      // That node is not told: when it comes back, it looks up what is still its own.
      await Promise.all(taken.map((one) => this.#sayTaken({ ...one, before: one.before.filter((had) => had !== node) })));
      adopt(taken.map(({ record }) => record));
      if (failure !== undefined) throw failure;
      count += taken.length;
    }
    await this.#words.forget(node);
    return count;
  }

  /** Looks what came of takes whose answer got lost. What was made is told to whoever had it, who may be back, and given to `adopt`. */
  async settle(adopt: (records: readonly SubscriptionRecord[]) => void): Promise<void> {
    const settled = await Promise.all([...this.#unsure.keys()].map((id) => this.#inTurn(id, () => this.#settle(id))));
    const made = settled.flatMap((one) => one ?? []);
    await Promise.all(made.map((one) => this.#sayTaken(one)));
    if (made.length > 0) adopt(made.map(({ record }) => record));
  }

  async #settle(id: string): Promise<Taken | undefined> {
    const stored = await this.#store.read(COLLECTIONS.subscription, id);
    const made = stored === undefined ? undefined : this.#madeAfterAll(stored);
    this.#unsure.delete(id);
    return made;
  }

  /** Looks up which of these dialogs another node speaks in now, and tells. What the store knows nothing of is written anew: it lost it. */
  async check(live: LiveRecords): Promise<void> {
    const known = live.ids();
    const owners = new Map((await this.#all()).map(({ record }) => [record.id, record.node]));
    for (const id of known) if ((owners.get(id) ?? this.#node) !== this.#node) this.#lose(id);
    await this.#writeBack(
      known.filter((id) => !owners.has(id)),
      live,
    );
  }

  /** After the store lost its data: dialogs that live here go on after a restart all the same. Goes on until all is written. */
  async writeBack(live: LiveRecords): Promise<void> {
    for (const id of live.ids()) this.#unwritten.add(id);
    // A store that loses its data again and again is written to once at a time.
    if (this.#isWritingBack) return;
    this.#isWritingBack = true;
    while (this.#unwritten.size > 0 && !this.#isStopped) {
      const ids = [...this.#unwritten];
      this.#unwritten.clear();
      for (const id of await this.#writeBack(ids, live)) this.#unwritten.add(id);
      if (this.#unwritten.size > 0) await this.#pause(WRITE_BACK_AGAIN_MS);
    }
    this.#isWritingBack = false;
  }

  /** Each as it is when its turn comes: it may have new numbers by then, or be over. Gives those that could not be written. */
  async #writeBack(ids: readonly string[], live: LiveRecords): Promise<string[]> {
    const failed: string[] = [];
    const write = async (id: string): Promise<void> => {
      const record = live.get(id);
      if (record === undefined) return;
      try {
        await this.save(record);
      } catch {
        failed.push(id);
      }
    };
    for (let at = 0; at < ids.length; at += BATCH) await Promise.all(ids.slice(at, at + BATCH).map(write));
    return failed;
  }

  async #takeAll(records: readonly SubscriptionRecord[], mayTake: () => boolean): Promise<Takes> {
    const outcomes = await Promise.allSettled(records.map(({ id }) => this.#inTurn(id, () => this.#take(id, mayTake))));
    const taken = outcomes.flatMap((one) => (one.status === "fulfilled" && one.value !== undefined ? [one.value] : []));
    const rejected = outcomes.find((one) => one.status === "rejected");
    const failure = rejected === undefined ? undefined : new Error(`not all was taken: ${String(rejected.reason)}`);
    return { taken, failure };
  }

  async #take(id: string, mayTake: () => boolean): Promise<Taken | undefined> {
    for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
      const stored = await this.#store.read(COLLECTIONS.subscription, id);
      const record = stored === undefined ? undefined : parseSubscription(stored);
      if (stored === undefined || record === undefined) return undefined;
      if (record.node === this.#node) return this.#madeAfterAll(stored);
      if (!mayTake()) throw new Error("the time to take over has run out");
      const mine: SubscriptionRecord = { ...withoutWord(record), node: this.#node };
      const before = [record.node, ...(record.takenFrom ?? [])].filter((had) => had !== this.#node);
      const version = await this.#write(mine, stored.version, before);
      if (version !== undefined) return { record: mine, before, version };
    }
    return undefined;
  }

  /** Gives the new version; undefined when somebody else was faster. */
  async #write(mine: SubscriptionRecord, expect: number, before: readonly string[]): Promise<number | undefined> {
    // Whoever reads this when we died before we told it knows whom to tell.
    const kept: KeptSubscription = { ...mine, takenFrom: before };
    try {
      const outcome = await this.#commit(mine.id, expect, JSON.stringify(kept));
      this.#unsure.delete(mine.id);
      if (outcome.type !== "committed") return undefined;
      this.#versions.set(mine.id, outcome.version);
      return outcome.version;
    } catch (error) {
      this.#unsure.set(mine.id, before);
      throw error;
    }
  }

  /** A take whose answer got lost was made. Once: whoever finds it first has it. */
  #madeAfterAll(stored: StoredRecord): Taken | undefined {
    const before = this.#unsure.get(stored.id);
    const record = parseSubscription(stored);
    if (before === undefined || record?.node !== this.#node) return undefined;
    this.#unsure.delete(stored.id);
    this.#versions.set(stored.id, stored.version);
    return { record: withoutWord(record), before, version: stored.version };
  }

  /** A process that died between taking a dialog and saying so has left that to the next one. Who is not known any more looks it up at its start. */
  async #tellUntold(found: readonly Found[]): Promise<void> {
    const untold = found.filter(({ record }) => record.takenFrom !== undefined);
    if (untold.length === 0) return;
    const nodes = new Set((await this.#store.readAll(COLLECTIONS.node)).map(({ id }) => id));
    const before = (record: KeptSubscription): string[] => (record.takenFrom ?? []).filter((had) => nodes.has(had));
    await Promise.all(untold.map(({ record, version }) => this.#sayTaken({ record, before: before(record), version })));
  }

  #sayTaken({ record, before, version }: Taken): Promise<void> {
    return this.#words.say(before, record.id, version);
  }

  #lose(id: string): void {
    this.#versions.delete(id);
    this.#onTaken(id);
  }

  async #of(node: string): Promise<readonly Found[]> {
    return (await this.#all()).filter(({ record }) => record.node === node);
  }

  async #all(): Promise<readonly Found[]> {
    const stored = await this.#store.readAll(COLLECTIONS.subscription);
    const found: Found[] = [];
    for (const [at, one] of stored.entries()) {
      // Others are served in between.
      if (at % BATCH === BATCH - 1) await this.#pause(0);
      const record = parseSubscription(one);
      if (record !== undefined) found.push({ record, version: one.version });
    }
    return found;
  }

  async #inTurn<T>(id: string, write: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id);
    const turn = before === undefined ? write() : before.then(write, write);
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }

  #commit(id: string, expect: number, value: string | null): ReturnType<Store["commit"]> {
    return this.#store.commit({ collection: COLLECTIONS.subscription, id, expect, value, durability: "written" });
  }
}
