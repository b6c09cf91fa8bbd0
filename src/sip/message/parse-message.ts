import { fail, ok, type Result } from "#base/result";
import { cutBody, cutHeaders, parseCSeq, valueOf, type CutHeaders } from "./cut-message.ts";
import { LazyResponse } from "./lazy-response.ts";
import { MESSAGE_MAX_BYTES, TOKEN_MAX_BYTES, URI_MAX_BYTES, VIAS_MAX } from "./limits.ts";
import type { SipHeader, SipRequest, Via } from "./message.ts";
import { readAddressWithTag } from "./name-addr.ts";
import type { AnswerableRequest, ParseFailure } from "./parse-failure.ts";
import { indexOutside, isToken, trimBlanks } from "./scan-text.ts";
import { splitList } from "./split-list.ts";
import { parseVia } from "./via.ts";

/**
 * Reads one whole message (binary string) in one pass. On datagrams the body ends with Content-Length or with the datagram; a datagram
 * shorter than its Content-Length is refused (RFC 3261 §18.3).
 */
export function parseMessage(text: string): Result<SipRequest | LazyResponse, ParseFailure> {
  if (text.length > MESSAGE_MAX_BYTES) return fail({ status: 513, reason: "Message Too Large" });
  // CRLFs before the start line are keep-alives that travelled with the message (RFC 3261 §7.5).
  let start = 0;
  while (text.startsWith("\r\n", start)) start += 2;
  const lineEnd = text.indexOf("\r\n", start);
  if (lineEnd === -1) return fail({ status: 400, reason: "No start line" });
  const startLine = text.slice(start, lineEnd);
  if (isStatusLine(startLine)) return LazyResponse.parse(startLine, text, lineEnd + 2);
  return parseRequest(startLine, text, cutHeaders(text, lineEnd + 2));
}

const SLASH = 0x2f;

/** "SIP/…" in any case; no method has a slash. */
function isStatusLine(line: string): boolean {
  return line.startsWith("SIP/") || (line.charCodeAt(3) === SLASH && line.slice(0, 3).toUpperCase() === "SIP");
}

function parseRequest(startLine: string, text: string, cut: CutHeaders): Result<SipRequest, ParseFailure> {
  const { headers } = cut;
  const via = topVia(headers);
  // Nobody can be answered without a Via.
  if (via === undefined) return fail({ status: 400, reason: "Missing or bad Via" });
  const line = readRequestLine(startLine);
  const pieces = readPieces(headers);
  const body = cutBody(text, cut.bodyAt, headers);
  if (!line.ok) return fail({ ...line.error, request: answerablePieces(startLine, headers, via) });
  if (!pieces.ok || !body.ok) {
    const reason = cut.problem ?? (pieces.ok ? "Bad Content-Length" : pieces.error);
    return fail({ status: 400, reason, request: answerablePieces(startLine, headers, via) });
  }
  const request: SipRequest = { kind: "request", ...line.value, headers, body: body.value, via, ...pieces.value };
  const problem = cut.problem ?? problemOf(request);
  return problem === undefined ? ok(request) : fail({ status: 400, reason: problem, request });
}

function answerablePieces(startLine: string, headers: readonly SipHeader[], via: Via): AnswerableRequest {
  const to = readAddressWithTag(valueOf(headers, "to") ?? "") ?? { tag: undefined };
  return { method: startLine.split(" ", 1)[0] ?? "", headers, via, to };
}

/** What every request must have besides Via; the error names the first one that is missing or bad. */
function readPieces(headers: readonly SipHeader[]): Result<Pick<SipRequest, "from" | "to" | "callId" | "cseq">, string> {
  const from = readAddressWithTag(valueOf(headers, "from") ?? "");
  if (from === undefined) return fail("Missing or bad From");
  const to = readAddressWithTag(valueOf(headers, "to") ?? "");
  if (to === undefined) return fail("Missing or bad To");
  const callId = valueOf(headers, "call-id") ?? "";
  if (callId === "") return fail("Missing or bad Call-ID");
  const cseq = parseCSeq(valueOf(headers, "cseq") ?? "");
  return cseq === undefined ? fail("Missing or bad CSeq") : ok({ from, to, callId, cseq });
}

/** "SUBSCRIBE sip:1001@host SIP/2.0", with single blanks (RFC 4475 §3.1.2.9 to §3.1.2.11). */
function readRequestLine(
  line: string,
): Result<{ readonly method: string; readonly uri: string }, { readonly status: number; readonly reason: string }> {
  const methodEnd = line.indexOf(" ");
  const uriEnd = line.lastIndexOf(" ");
  const version = line.slice(uriEnd + 1);
  if (version !== "SIP/2.0" && version.toUpperCase() !== "SIP/2.0") {
    return /^SIP\/\d+\.\d+$/i.test(version) ? fail({ status: 505, reason: "Version Not Supported" }) : BAD_LINE;
  }
  const method = line.slice(0, methodEnd);
  const uri = line.slice(methodEnd + 1, uriEnd);
  if (!isToken(method) || methodEnd === uriEnd) return BAD_LINE;
  if (uri.length > URI_MAX_BYTES) return fail({ status: 414, reason: "Request-URI Too Long" });
  return /^[^\0- <>"\x7f]+$/.test(uri) ? ok({ method, uri }) : BAD_URI;
}

const BAD_LINE = fail({ status: 400, reason: "Bad request line" });
const BAD_URI = fail({ status: 400, reason: "Bad Request-URI" });

/** The first value of the first Via. */
function topVia(headers: readonly SipHeader[]): Via | undefined {
  const text = valueOf(headers, "via");
  if (text === undefined) return undefined;
  const comma = indexOutside(text, ",");
  return parseVia(comma === -1 ? text : trimBlanks(text, 0, comma));
}

/** What is wrong with a request that can be read. */
function problemOf(request: SipRequest): string | undefined {
  if (request.cseq.method !== request.method) return "CSeq method differs";
  if (isTooLong(request.callId)) return "Call-ID too long";
  if (isTooLong(request.from.tag) || isTooLong(request.to.tag)) return "Tag too long";
  if (isTooLong(request.via.branch)) return "Branch too long";
  return countVias(request.headers) > VIAS_MAX ? "Too many Vias" : undefined;
}

function isTooLong(token: string | undefined): boolean {
  return token !== undefined && token.length > TOKEN_MAX_BYTES;
}

function countVias(headers: readonly SipHeader[]): number {
  let count = 0;
  for (const { name, value } of headers) if (name === "via") count += value.includes(",") ? splitList(value).length : 1;
  return count;
}
