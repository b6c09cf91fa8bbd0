import type { SlotReport } from "#domain/lamp/slots";
import type { PublishedDocument } from "#sources/publish/published-document";
import { documentReport } from "#sources/publish/published-document";
import type { DeviceStatement } from "#sources/publish/asterisk-body";
import { livePublications, samePublisher, type Publication, type Publisher } from "#sip/publication/publication";

/** How long it is remembered that all publications of something ended without being taken back, ms. */
export const LOST_KEPT_MS = 86_400_000;
/** Servers that speak of one device; the one that was not heard of for the longest time goes. */
const STATEMENTS_MAX = 20;

/** The publications of a resource as they are stored. */
export interface PublicationRecord {
  readonly publications: readonly Publication[];
  /** When one last ended by expiry, epoch ms: nobody knows since what its publisher would say. */
  readonly lostAt?: number;
}

export const NO_PUBLICATIONS: PublicationRecord = { publications: [] };

/** What a server says of a device, for as long as its publication lives. Plain JSON. */
export interface StoredStatement extends Omit<DeviceStatement, "device"> {
  /** Key of the resource and id of the publication. */
  readonly resource: string;
  readonly publication: string;
  readonly publisher: Publisher;
  readonly eid: string;
  readonly at: number;
}

/** Slot name → what it says, and since when at the latest. */
export type PublishedSlots = ReadonlyMap<string, { readonly report: SlotReport; readonly at: number }>;

/** What was published, after publications became `after`. */
export function recordAfter(before: PublicationRecord, after: readonly Publication[], now: number): PublicationRecord {
  const lostAt = isOneLost(before.publications, now) ? now : before.lostAt;
  return { publications: after, ...(lostAt === undefined || lostAt + LOST_KEPT_MS <= now ? {} : { lostAt }) };
}

/** When something ends by itself next; null = never, and then nothing needs to be kept. */
export function nextEnd({ publications, lostAt }: PublicationRecord): number | null {
  if (publications.length > 0) return Math.min(...publications.map(({ expiresAt }) => expiresAt));
  return lostAt === undefined ? null : lostAt + LOST_KEPT_MS;
}

/** A slot for each live publication of a document; when none is left and one was lost, UNKNOWN: the lamp must not stay as it was. */
export function documentSlots(packageName: string, record: PublicationRecord, now: number): PublishedSlots {
  const slots = new Map<string, { report: SlotReport; at: number }>();
  const live = livePublications(record.publications, now);
  for (const { id, publisher, expiresAt, statedAt, state } of live) {
    const report = documentReport(state as PublishedDocument, `published by ${publisher.name}`, expiresAt);
    if (report !== undefined) slots.set(`publish:${publisher.name}/${id}`, { report, at: statedAt });
  }
  const lostAt = isOneLost(record.publications, now) ? now : record.lostAt;
  if (live.length === 0 && lostAt !== undefined)
    slots.set(`publish:${packageName}`, { report: { state: "UNKNOWN", cause: "its publications have expired" }, at: lostAt });
  return slots;
}

/** Did one end by expiry whose publisher may have more to say? Of a call that was told to be over nothing is missing. */
function isOneLost(publications: readonly Publication[], now: number): boolean {
  return publications.some(({ expiresAt, state }) => expiresAt <= now && !saidIdle(state));
}

function saidIdle(state: unknown): boolean {
  const { parts } = state as Partial<PublishedDocument>;
  return parts?.every((part) => part.state === "NOT_INUSE") ?? false;
}

/** The statements of a device after one more: of one server the newest counts (J-8). */
export function withStatement(statements: readonly StoredStatement[], said: StoredStatement): readonly StoredStatement[] {
  const others = statements.filter((one) => !isSameServer(one, said));
  if (said.state === undefined) return others;
  return [...others.slice(Math.max(0, others.length + 1 - STATEMENTS_MAX)), said];
}

/** A slot for each server; UNKNOWN when its publication ended (J-3). */
export function statementSlots(
  statements: readonly StoredStatement[],
  isLive: (statement: StoredStatement) => boolean,
  now: number,
): PublishedSlots {
  const slots = new Map<string, { report: SlotReport; at: number }>();
  for (const statement of statements) {
    const { publisher, eid, cause, state = "UNKNOWN", at } = statement;
    const source = `publish:${publisher.name}/${eid}`;
    if (isLive(statement)) slots.set(source, { report: { state, cause: `${cause} by ${publisher.name}` }, at });
    else slots.set(source, { report: { state: "UNKNOWN", cause: `the publication of ${publisher.name} has ended` }, at: now });
  }
  return slots;
}

function isSameServer(left: StoredStatement, right: StoredStatement): boolean {
  return left.eid === right.eid && samePublisher(left.publisher, right.publisher);
}
