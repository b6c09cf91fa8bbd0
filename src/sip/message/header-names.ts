/** Compact forms (RFC 3261 §7.3.3 and the event, refer and session timer RFCs). */
const COMPACT: Readonly<Record<string, string>> = {
  a: "accept-contact",
  b: "referred-by",
  c: "content-type",
  d: "request-disposition",
  e: "content-encoding",
  f: "from",
  i: "call-id",
  j: "reject-contact",
  k: "supported",
  l: "content-length",
  m: "contact",
  o: "event",
  r: "refer-to",
  s: "subject",
  t: "to",
  u: "allow-events",
  v: "via",
  x: "session-expires",
};

/** Names as peers write them → long lower-case names; filled as names are met, bounded. */
const known = new Map<string, string>();
const KNOWN_MAX = 1000;

/** The long lower-case name of a header name as written. */
export function canonicalName(written: string): string {
  const found = known.get(written);
  if (found !== undefined) return found;
  const lower = written.toLowerCase();
  const name = lower.length === 1 && Object.hasOwn(COMPACT, lower) ? (COMPACT[lower] ?? lower) : lower;
  if (known.size < KNOWN_MAX) known.set(written, name);
  return name;
}

/** Headers that may stand once only. */
export const SINGLE_HEADERS = new Set([
  "from",
  "to",
  "call-id",
  "cseq",
  "max-forwards",
  "content-length",
  "content-type",
  "event",
  "expires",
  "subscription-state",
  "sip-if-match",
]);
