import type { StoredRecord } from "./store.ts";

/** A record as both stores keep it: its version, a colon, its value. */
export function recordText(version: number, value: string): string {
  return `${version}:${value}`;
}

/** Reads a record back; undefined when the text is not one (somebody else wrote there, or the medium is damaged). */
export function parseRecord(id: string, text: string): StoredRecord | undefined {
  const colon = text.indexOf(":");
  const version = Number(text.slice(0, colon));
  if (colon < 1 || !Number.isSafeInteger(version) || version < 1) return undefined;
  return { id, version, value: text.slice(colon + 1) };
}
