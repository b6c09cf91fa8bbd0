import { fail, ok, type Result } from "#base/result";
import { headerName } from "./header-names.ts";
import { CSEQ_MAX, HEADER_MAX_BYTES, HEADERS_MAX } from "./limits.ts";
import type { CSeq, SipHeader } from "./message.ts";
import { isBlankCode, isToken, trimBlanks } from "./scan-text.ts";

/** A header section cut into headers: folded lines joined, names made long and lower-case. */
export interface CutHeaders {
  readonly headers: readonly SipHeader[];
  /** Where the body starts; the end of the text when the header section does not end. */
  readonly bodyAt: number;
  /** The first thing that was wrong; cutting goes on behind it, so that the sender can be told. */
  readonly problem: string | undefined;
}

const CR = 0x0d;
/** Most of a peer's header name that a reason phrase repeats: an answer is never longer than what it answers by much. */
const NAME_SAID_MAX_BYTES = 64;

/** Cuts the header section that starts at `start`. One pass: lines are found by `indexOf`, characters are only looked at where it matters. */
export function cutHeaders(text: string, start: number): CutHeaders {
  const cutter = new HeaderCutter();
  let at = start;
  for (;;) {
    const end = headerEnd(text, at);
    if (end === at && text.charCodeAt(at) === CR) return { headers: cutter.headers, bodyAt: at + 2, problem: cutter.problem };
    if (end < 0 || cutter.count > HEADERS_MAX) break;
    cutter.cut(text, at, end);
    at = end + 2;
  }
  return { headers: cutter.headers, bodyAt: text.length, problem: cutter.problem ?? "No end of headers" };
}

/** Collects headers one by one and remembers the first thing that was wrong. */
class HeaderCutter {
  readonly headers: SipHeader[] = [];
  problem: string | undefined;
  /** Of all that were cut, kept or not: bad ones are not read without end either. */
  count = 0;
  #seenOnce = 0;

  cut(text: string, at: number, end: number): void {
    this.count += 1;
    const colon = text.indexOf(":", at);
    const name = colon === -1 || colon > end ? undefined : headerName(text, at, endOfName(text, at, colon));
    if (name === undefined) {
      this.problem ??= "Bad header name";
      return;
    }
    const value = valueBetween(text, colon + 1, end);
    if (value === undefined) this.problem ??= `Bad line end in ${name.name.slice(0, NAME_SAID_MAX_BYTES)}`;
    else this.headers.push({ name: name.name, value });
    if ((this.#seenOnce & name.onceBit) !== 0) this.problem ??= `Repeated ${name.name}`;
    this.#seenOnce |= name.onceBit;
    this.problem ??= excess(this.count, end - at);
  }
}

function excess(count: number, bytes: number): string | undefined {
  if (count > HEADERS_MAX) return "Too many headers";
  return bytes > HEADER_MAX_BYTES ? "Header too long" : undefined;
}

/** Where the CR of the header's last line stands or should stand: the LF after it is not followed by a blank. Negative: there is no LF. */
function headerEnd(text: string, at: number): number {
  let lineFeed = text.indexOf("\n", at);
  // The empty line is not folded: the blank behind it is the body's.
  while (isBlankCode(text.charCodeAt(lineFeed + 1)) && lineFeed > at + 1 && text.charCodeAt(lineFeed - 1) === CR) {
    lineFeed = text.indexOf("\n", lineFeed + 1);
  }
  return lineFeed - 1;
}

/** Blanks before the colon are legal (RFC 3261 §7.3.1). */
function endOfName(text: string, start: number, colon: number): number {
  let end = colon;
  while (end > start && isBlankCode(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** The value, unfolded; undefined when a bare CR or LF is in it: other readers would see other lines. */
function valueBetween(text: string, start: number, end: number): string | undefined {
  if (text.charCodeAt(end) !== CR) return undefined;
  const value = trimBlanks(text, start, end);
  return text.indexOf("\r", start) === end ? value : unfold(value);
}

function unfold(value: string): string | undefined {
  const lines = value.split("\r\n").map((line) => trimBlanks(line));
  const unfolded = lines.filter((line) => line !== "").join(" ");
  return unfolded.includes("\r") ? undefined : unfolded;
}

/** "12 SUBSCRIBE". */
export function parseCSeq(text: string): CSeq | undefined {
  let digitsEnd = 0;
  let number = 0;
  for (; digitsEnd < text.length; digitsEnd += 1) {
    const digit = text.charCodeAt(digitsEnd) - 0x30;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
    if (number > CSEQ_MAX) return undefined;
  }
  if (digitsEnd === 0 || !isBlankCode(text.charCodeAt(digitsEnd))) return undefined;
  const method = trimBlanks(text, digitsEnd);
  return isToken(method) ? { number, method } : undefined;
}

/** The body by Content-Length; without one, the rest (datagrams). */
export function cutBody(text: string, bodyAt: number, headers: readonly SipHeader[]): Result<string, string> {
  const written = valueOf(headers, "content-length");
  if (written === "0") return ok("");
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
