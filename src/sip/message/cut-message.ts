import { fail, ok, type Result } from "#base/result";
import { canonicalName } from "./header-names.ts";
import { CSEQ_MAX, HEADER_MAX_BYTES, HEADERS_MAX } from "./limits.ts";
import type { CSeq, SipHeader } from "./message.ts";
import { isToken } from "./scan-text.ts";

/** Cuts the header section into headers: folded lines joined, names made long and lower-case. */
export function cutHeaders(
  text: string,
  start: number,
): Result<{ readonly headers: SipHeader[]; readonly bodyAt: number }, string> {
  const headers: SipHeader[] = [];
  let at = start;
  for (;;) {
    let end = text.indexOf("\r\n", at);
    if (end === -1) return fail("No end of headers");
    if (end === at) return ok({ headers, bodyAt: at + 2 });
    const colon = text.indexOf(":", at);
    if (colon === -1 || colon > end) return fail("Header without colon");
    const name = text.slice(at, colon).trimEnd();
    let value = text.slice(colon + 1, end);
    while (isFolded(text, end + 2)) {
      const next = text.indexOf("\r\n", end + 2);
      if (next === -1) return fail("No end of headers");
      value += ` ${text.slice(end + 2, next).trim()}`;
      end = next;
    }
    if (!isToken(name)) return fail("Bad header name");
    if (end - at > HEADER_MAX_BYTES) return fail("Header too long");
    if (headers.length >= HEADERS_MAX) return fail("Too many headers");
    headers.push({ name: canonicalName(name), value: value.trim() });
    at = end + 2;
  }
}

function isFolded(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

/** "12 SUBSCRIBE". */
export function parseCSeq(text: string): CSeq | undefined {
  const blank = text.search(/[ \t]/);
  const digits = text.slice(0, Math.max(0, blank));
  const method = text.slice(blank + 1).trim();
  if (!/^\d{1,10}$/.test(digits) || Number(digits) > CSEQ_MAX || !isToken(method)) return undefined;
  return { number: Number(digits), method };
}

/** The body by Content-Length; without one, the rest (datagrams). */
export function cutBody(text: string, bodyAt: number, headers: readonly SipHeader[]): Result<string, string> {
  const written = valueOf(headers, "content-length");
  if (written === undefined) return ok(text.slice(bodyAt));
  if (!/^\d{1,9}$/.test(written)) return fail("Bad Content-Length");
  const length = Number(written);
  if (bodyAt + length > text.length) return fail("Body shorter than Content-Length");
  return ok(text.slice(bodyAt, bodyAt + length));
}

/** First value of a header by its long lower-case name. */
export function valueOf(headers: readonly SipHeader[], name: string): string | undefined {
  for (const header of headers) if (header.name === name) return header.value;
  return undefined;
}
