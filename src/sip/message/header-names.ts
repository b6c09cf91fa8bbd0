import { isToken } from "./scan-text.ts";

/** A header's name, whatever form the peer wrote. */
export interface HeaderName {
  /** Long and lower case. */
  readonly name: string;
  /** A bit of its own when the header may stand once only; 0 = it may be repeated. */
  readonly onceBit: number;
}

/** Long names in RFC spelling by compact form (RFC 3261 §7.3.3 and the event, refer and session timer RFCs). */
const COMPACT: Readonly<Record<string, string>> = {
  a: "Accept-Contact",
  b: "Referred-By",
  c: "Content-Type",
  d: "Request-Disposition",
  e: "Content-Encoding",
  f: "From",
  i: "Call-ID",
  j: "Reject-Contact",
  k: "Supported",
  l: "Content-Length",
  m: "Contact",
  o: "Event",
  r: "Refer-To",
  s: "Subject",
  t: "To",
  u: "Allow-Events",
  v: "Via",
  x: "Session-Expires",
};

/** Headers whose repetition would let two readers see two different messages. */
const ONCE = [
  "From",
  "To",
  "Call-ID",
  "CSeq",
  "Max-Forwards",
  "Content-Length",
  "Content-Type",
  "Event",
  "Expires",
  "Min-Expires",
  "Subscription-State",
  "SIP-If-Match",
  "SIP-ETag",
  "Refer-To",
  "Replaces",
];

const OTHERS =
  "Accept Accept-Encoding Accept-Language Alert-Info Allow Authorization Call-Info Content-Disposition Date Error-Info In-Reply-To " +
  "MIME-Version Organization P-Asserted-Identity P-Preferred-Identity Path Priority Privacy Proxy-Authenticate Proxy-Authorization " +
  "Proxy-Require RAck Reason Record-Route Remote-Party-ID Reply-To Require Retry-After Route RSeq Server Service-Route " +
  "Session-Expires Timestamp Unsupported User-Agent Warning WWW-Authenticate X-Serialnumber X-Real-IP";

/** Spellings that peers use by length and first letter: a name is recognised in place, without cutting it out of the message. */
const spellings: { readonly spelling: string; readonly name: HeaderName }[][] = [];
const byLowerCase = new Map<string, HeaderName>();

/** The name of the header that is written from `start` to before `end`; undefined when that is no token. */
export function headerName(text: string, start: number, end: number): HeaderName | undefined {
  const candidates = spellings[bucketOf(end - start, text.charCodeAt(start))];
  if (candidates !== undefined) {
    for (const { spelling, name } of candidates) if (text.startsWith(spelling, start)) return name;
  }
  const written = text.slice(start, end);
  if (!isToken(written)) return undefined;
  const name = written.toLowerCase();
  // Not remembered: names are the peer's, and a memory of them would be the peer's to fill.
  return byLowerCase.get(name) ?? { name, onceBit: 0 };
}

function bucketOf(length: number, firstCode: number): number {
  return Math.min(length, 31) * 32 + (firstCode & 31);
}

function learn(spelling: string, name: HeaderName): void {
  (spellings[bucketOf(spelling.length, spelling.charCodeAt(0))] ??= []).push({ spelling, name });
}

for (const spelling of new Set([...ONCE, ...Object.values(COMPACT), ...OTHERS.split(" ")])) {
  const once = ONCE.indexOf(spelling);
  const name = { name: spelling.toLowerCase(), onceBit: once === -1 ? 0 : 1 << once };
  byLowerCase.set(name.name, name);
  learn(spelling, name);
  learn(name.name, name);
}
for (const [compact, spelling] of Object.entries(COMPACT)) {
  const name = byLowerCase.get(spelling.toLowerCase());
  if (name === undefined) continue;
  byLowerCase.set(compact, name);
  learn(compact, name);
  learn(compact.toUpperCase(), name);
}
