import { parseRecord } from "../record-text.ts";
import type { OutboxEntry, StoredRecord } from "../store.ts";

/** Keys of the log: a letter for the kind, the collection, and what is left is free text. */
export const SCHEMA_KEY = "m/schema";
/** The highest version that a deletion made: what is created afterwards goes on from there. */
export const DELETED_KEY = "m/deleted";
export const EPOCH_KEY = "m/epoch";

/** Raised when an older release could not read what this one writes. */
export const SCHEMA = 1;

export function recordKey(collection: string, id: string): string {
  return `r/${collection}/${id}`;
}

export function timerKeyOf(collection: string, timer: string): string {
  return `t/${collection}/${timer}`;
}

/** Padded, so that the order of keys is the order of commits. */
export function outboxKey(collection: string, entryId: string): string {
  return `o/${collection}/${entryId.padStart(16, "0")}`;
}

export function outboxText(entry: OutboxEntry): string {
  return JSON.stringify([entry.id, entry.payload]);
}

/** One line of the log, read back. */
export type LogLine =
  | { readonly kind: "record"; readonly collection: string; readonly record: StoredRecord }
  | { readonly kind: "timer"; readonly collection: string; readonly id: string; readonly name: string; readonly dueAt: number }
  | { readonly kind: "outbox"; readonly collection: string; readonly entry: OutboxEntry }
  | { readonly kind: "fact"; readonly key: string; readonly value: number };

/** Undefined when it is none of ours. */
export function parseLine(key: string, text: string): LogLine | undefined {
  const slash = key.indexOf("/", 2);
  const collection = key.slice(2, slash);
  const rest = key.slice(slash + 1);
  switch (key.slice(0, 2)) {
    case "r/":
      return parseRecordLine(collection, rest, text);
    case "t/":
      return parseTimerLine(collection, rest, text);
    case "o/":
      return parseOutboxLine(collection, rest, text);
    case "m/":
      return Number.isSafeInteger(Number(text)) ? { kind: "fact", key, value: Number(text) } : undefined;
    default:
      return undefined;
  }
}

function parseRecordLine(collection: string, id: string, text: string): LogLine | undefined {
  const record = parseRecord(id, text);
  return record === undefined ? undefined : { kind: "record", collection, record };
}

function parseTimerLine(collection: string, rest: string, text: string): LogLine | undefined {
  const pair = parsePair(rest);
  return pair === undefined ? undefined : { kind: "timer", collection, id: pair[0], name: pair[1], dueAt: Number(text) };
}

function parseOutboxLine(collection: string, rest: string, text: string): LogLine | undefined {
  const pair = parsePair(text);
  if (pair === undefined) return undefined;
  return { kind: "outbox", collection, entry: { entryId: String(Number(rest)), id: pair[0], payload: pair[1] } };
}

function parsePair(text: string): readonly [string, string] | undefined {
  try {
    const pair: unknown = JSON.parse(text);
    if (!Array.isArray(pair) || typeof pair[0] !== "string" || typeof pair[1] !== "string") return undefined;
    return [pair[0], pair[1]];
  } catch {
    return undefined;
  }
}
