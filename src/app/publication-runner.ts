import type { Clock } from "#base/clock";
import { Lifecycle } from "#base/lifecycle";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { PublicationStore } from "#sip/publication/ports";
import { livePublications, type Publication, type Publisher } from "#sip/publication/publication";
import type { DeviceStatement } from "#sources/publish/asterisk-body";
import type { Change, DueTimer, Store, TimersOf } from "#store/store";
import { COLLECTIONS } from "./collections.ts";
import type { LampRunner } from "./lamp-runner.ts";
import { isExchange, type ExchangeState } from "./publication-packages.ts";
import { publishedTargets, readPublicationKey, type PublicationKey } from "./publication-directory.ts";
import {
  documentSlots,
  LOST_KEPT_MS,
  nextEnd,
  NO_PUBLICATIONS,
  recordAfter,
  statementSlots,
  withStatement,
  type PublicationRecord,
  type PublishedSlots,
  type StoredStatement,
} from "./published-slots.ts";
import { runAggregate, type TimedDecision } from "./run-aggregate.ts";
import { storedPublications, storedStatements } from "./stored-shapes.ts";
import { storedValue } from "./stored-value.ts";

/** Devices that stand for mailboxes (asterisk-body.ts). */
const MAILBOX_PREFIX = "MWI:";
const EXPIRY_TIMER = "expiry";
/** Devices that others may speak of, on all nodes together, unless the site says otherwise. */
const DEVICES_MAX = 50_000;
const NO_STATEMENTS: readonly StoredStatement[] = [];
const NO_SLOTS: PublishedSlots = new Map();

export interface PublicationRunnerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly lamps: Pick<LampRunner, "reportAll">;
  /** What is published of this mailbox may be something else. */
  readonly messagesChanged: (mailbox: string) => void;
  /** Does what this publisher said of that resource still count, as the site is now? */
  readonly stands: (publisher: Publisher, key: PublicationKey) => boolean;
  /** Devices that others may speak of now; default DEVICES_MAX. */
  readonly devicesMax?: () => number | undefined;
}

/**
 * Keeps publications in the store, and brings what lives of them to the lamps on every node: a chain and its state are one record, so
 * that they are true together.
 */
export class PublicationRunner implements PublicationStore {
  readonly #parts: PublicationRunnerParts;
  readonly #records = new Map<string, PublicationRecord>();
  readonly #statements = new Map<string, readonly StoredStatement[]>();
  /** Devices that something is said of under a resource. */
  readonly #devicesOf = new Map<string, Set<string>>();
  /** Slots on the lamps by record and device, to be taken back. */
  readonly #shown = new Map<string, PublishedSlots>();
  #count = 0;
  readonly #counts = new Map<string, number>();

  constructor(parts: PublicationRunnerParts) {
    this.#parts = parts;
  }

  /** Starts following the store; resolves when everything that is published is on the lamps. */
  async start(): Promise<Stop> {
    const { store } = this.#parts;
    const lifecycle = new Lifecycle();
    const takeRecord = ({ id, value }: Change): void => {
      this.#takeRecord(id, value === undefined ? NO_PUBLICATIONS : this.#readRecord(id, value));
    };
    const recordTimers: TimersOf = ({ id, value }) => decide(this.#readRecord(id, value)).timers;
    lifecycle.add(await store.watch(COLLECTIONS.publication, takeRecord, recordTimers));
    const takeStatements = ({ id, value }: Change): void => {
      this.#takeStatements(id, value === undefined ? NO_STATEMENTS : this.#readStatements(id, value));
    };
    const statementTimers: TimersOf = ({ id, value }) => this.#decideStatements(this.#readStatements(id, value)).timers;
    lifecycle.add(await store.watch(COLLECTIONS.published, takeStatements, statementTimers));
    return () => lifecycle.stop();
  }

  count(): number {
    return this.#count;
  }

  countOf(publisher: Publisher): number {
    return this.#counts.get(countKey(publisher)) ?? 0;
  }

  /** Messages of a mailbox by the newest word of a server that still stands. */
  messagesOf(mailbox: string): StoredStatement["messages"] {
    const { stands } = this.#parts;
    return (this.#statements.get(`${MAILBOX_PREFIX}${mailbox}`) ?? NO_STATEMENTS)
      .filter((one) => this.#isLive(one) && stands(one.publisher, readPublicationKey(one.resource)))
      .sort((left, right) => right.at - left.at)[0]?.messages;
  }

  /** Mailboxes that something is published of. */
  mailboxes(): readonly string[] {
    return [...this.#statements.keys()].flatMap((device) =>
      device.startsWith(MAILBOX_PREFIX) ? [device.slice(MAILBOX_PREFIX.length)] : [],
    );
  }

  async read(resource: string): Promise<readonly Publication[]> {
    const stored = await this.#parts.store.read(COLLECTIONS.publication, resource);
    return stored === undefined ? NO_PUBLICATIONS.publications : this.#readRecord(resource, stored.value).publications;
  }

  async change(resource: string, reduce: (publications: readonly Publication[]) => readonly Publication[]): Promise<void> {
    await runAggregate(this.#parts.store, COLLECTIONS.publication, resource, (current) => {
      const before = current === undefined ? NO_PUBLICATIONS : this.#readRecord(resource, current.value);
      const after = reduce(before.publications);
      if (after === before.publications || (current === undefined && after.length === 0)) return { value: undefined };
      return decide(recordAfter(before, after, this.#parts.clock.now()));
    });
  }

  async keep(resource: string, { id, publisher, state, statedAt }: Publication, said: unknown): Promise<boolean> {
    const { device, ...statement } = said as DeviceStatement;
    if (this.#statements.size >= (this.#parts.devicesMax?.() ?? DEVICES_MAX) && !this.#statements.has(device)) return false;
    const { eid } = state as ExchangeState;
    const stored: StoredStatement = { ...statement, resource, publication: id, publisher, eid, at: statedAt };
    await runAggregate(this.#parts.store, COLLECTIONS.published, device, (current) => {
      const before = current === undefined ? NO_STATEMENTS : this.#readStatements(device, current.value);
      const after = withStatement(before, stored);
      return current === undefined && after.length === 0 ? { value: undefined } : this.#decideStatements(after);
    });
    return true;
  }

  /** A publication is due to end, or it was long enough remembered that all have. */
  expire = async ({ id }: DueTimer): Promise<void> => {
    await runAggregate(this.#parts.store, COLLECTIONS.publication, id, (current) => {
      const before = current === undefined ? NO_PUBLICATIONS : this.#readRecord(id, current.value);
      const now = this.#parts.clock.now();
      return decide(recordAfter(before, livePublications(before.publications, now), now));
    });
  };

  /** A device is looked at now and then: what was said in a publication that ended long ago is forgotten. */
  forgetEnded = async ({ id }: DueTimer): Promise<void> => {
    const oldest = this.#parts.clock.now() - LOST_KEPT_MS;
    await runAggregate(this.#parts.store, COLLECTIONS.published, id, (current) => {
      const before = current === undefined ? NO_STATEMENTS : this.#readStatements(id, current.value);
      return this.#decideStatements(before.filter((statement) => statement.at > oldest || this.#isLive(statement)));
    });
  };

  /** The site is another one: accounts and rights may be gone, or back. */
  review(): void {
    for (const resource of this.#records.keys()) this.#showRecord(resource);
    for (const device of this.#statements.keys()) this.#showStatements(device);
  }

  #takeRecord(resource: string, record: PublicationRecord): void {
    const before = this.#records.get(resource) ?? NO_PUBLICATIONS;
    for (const { publisher } of before.publications) this.#add(publisher, -1);
    for (const { publisher } of record.publications) this.#add(publisher, 1);
    if (nextEnd(record) === null) this.#records.delete(resource);
    else this.#records.set(resource, record);
    if (isExchange(readPublicationKey(resource).packageName)) this.#showChains(resource, before, record);
    else this.#showRecord(resource);
  }

  #add(publisher: Publisher, more: 1 | -1): void {
    this.#count += more;
    const key = countKey(publisher);
    const count = (this.#counts.get(key) ?? 0) + more;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  #takeStatements(device: string, statements: readonly StoredStatement[]): void {
    for (const { resource } of this.#statements.get(device) ?? NO_STATEMENTS) {
      const devices = this.#devicesOf.get(resource);
      devices?.delete(device);
      if (devices?.size === 0) this.#devicesOf.delete(resource);
    }
    for (const { resource } of statements) {
      const devices = this.#devicesOf.get(resource) ?? new Set<string>();
      this.#devicesOf.set(resource, devices.add(device));
    }
    if (statements.length === 0) this.#statements.delete(device);
    else this.#statements.set(device, statements);
    this.#showStatements(device);
  }

  /** Thousands of devices may hang on a chain: they are looked at when one ends or begins, not at every new tag. */
  #showChains(resource: string, before: PublicationRecord, after: PublicationRecord): void {
    const [left, right] = [before, after].map(({ publications }) =>
      publications
        .map(({ id }) => id)
        .sort()
        .join(),
    );
    if (left === right) return;
    for (const device of this.#devicesOf.get(resource) ?? []) this.#showStatements(device);
  }

  #showRecord(resource: string): void {
    const key = readPublicationKey(resource);
    if (isExchange(key.packageName)) return;
    const record = this.#records.get(resource) ?? NO_PUBLICATIONS;
    const standing = {
      ...record,
      publications: record.publications.filter(({ publisher }) => this.#parts.stands(publisher, key)),
    };
    const slots = documentSlots(key.packageName, standing, this.#parts.clock.now());
    for (const device of publishedTargets(key)) this.#show(`${resource}\n${device}`, device, slots);
  }

  #showStatements(device: string): void {
    const statements = this.#statements.get(device) ?? NO_STATEMENTS;
    const { stands } = this.#parts;
    const standing = statements.filter(({ publisher, resource }) => stands(publisher, readPublicationKey(resource)));
    this.#show(
      device,
      device,
      statementSlots(standing, (statement) => this.#isLive(statement), this.#parts.clock.now()),
    );
    if (device.startsWith(MAILBOX_PREFIX)) this.#parts.messagesChanged(device.slice(MAILBOX_PREFIX.length));
  }

  /** All at once: a lamp must not pass through what is neither the old nor the new state. */
  #show(origin: string, device: string, slots: PublishedSlots): void {
    const before = this.#shown.get(origin) ?? NO_SLOTS;
    if (slots.size === 0) this.#shown.delete(origin);
    else this.#shown.set(origin, slots);
    const gone = [...before.keys()].filter((source) => !slots.has(source));
    this.#parts.lamps.reportAll(device, slots, gone);
  }

  #isLive({ resource, publication }: StoredStatement): boolean {
    const now = this.#parts.clock.now();
    const publications = this.#records.get(resource)?.publications ?? NO_PUBLICATIONS.publications;
    return publications.some(({ id, expiresAt }) => id === publication && expiresAt > now);
  }

  #decideStatements(statements: readonly StoredStatement[]): TimedDecision {
    const dueAt = statements.length === 0 ? null : this.#parts.clock.now() + LOST_KEPT_MS;
    return {
      value: statements.length === 0 ? null : JSON.stringify(statements),
      timers: [{ name: EXPIRY_TIMER, dueAt }],
    };
  }

  #readRecord(resource: string, value: string): PublicationRecord {
    return storedValue(storedPublications, value) ?? this.#unread(resource, NO_PUBLICATIONS);
  }

  #readStatements(device: string, value: string): readonly StoredStatement[] {
    return storedValue(storedStatements, value) ?? this.#unread(device, NO_STATEMENTS);
  }

  #unread<T>(id: string, instead: T): T {
    this.#parts.log.error("a stored publication cannot be read and counts as none", { id });
    return instead;
  }
}

function countKey({ type, name }: Publisher): string {
  return `${type} ${name}`;
}

function decide(record: PublicationRecord): TimedDecision {
  const dueAt = nextEnd(record);
  return { value: dueAt === null ? null : JSON.stringify(record), timers: [{ name: EXPIRY_TIMER, dueAt }] };
}
