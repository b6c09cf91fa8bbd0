import { fail, ok, type Result } from "#base/result";
import { cutBody, cutHeaders, parseCSeq, valueOf } from "./cut-message.ts";
import { SINGLE_HEADERS } from "./header-names.ts";
import { MESSAGE_MAX_BYTES, TOKEN_MAX_BYTES, URI_MAX_BYTES, VIAS_MAX } from "./limits.ts";
import type { AddressWithTag, SipHeader, SipMessage, Via } from "./message.ts";
import { parseNameAddress } from "./name-addr.ts";
import type { AnswerableRequest, ParseFailure } from "./parse-failure.ts";
import { parseVia } from "./via.ts";
import { LazyResponse } from "./response.ts";
import { isToken } from "./scan-text.ts";
import { splitList } from "./split-list.ts";

/**
 * Reads one whole message (binary string) in one pass. On datagrams the body ends with Content-Length or with the datagram; a datagram
 * shorter than its Content-Length is refused (RFC 3261 §18.3).
 */
export function parseMessage(text: string): Result<SipMessage, ParseFailure> {
  if (text.length > MESSAGE_MAX_BYTES) return fail({ status: 513, reason: "Message too large" });
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd <= 0) return fail({ status: 400, reason: "No start line" });
  const startLine = text.slice(0, lineEnd);
  if (startLine.startsWith("SIP/")) return LazyResponse.parse(startLine, text, lineEnd + 2);
  return parseRequest(startLine, text, lineEnd + 2);
}

function parseRequest(startLine: string, text: string, headersAt: number): Result<SipMessage, ParseFailure> {
  const cut = cutHeaders(text, headersAt);
  if (!cut.ok) return fail({ status: 400, reason: cut.error });
  const { headers, bodyAt } = cut.value;
  const method = startLine.slice(0, Math.max(0, startLine.indexOf(" ")));
  const pieces = piecesOf(headers, method);
  if (!pieces.ok) return pieces;
  const answerable = pieces.value;
  const refuse = (status: number, reason: string): Result<never, ParseFailure> => fail({ status, reason, request: answerable });

  const uri = requestUri(startLine);
  if (!uri.ok) return refuse(uri.error.status, uri.error.reason);
  const problem = headerProblem(headers, answerable);
  if (problem !== undefined) return refuse(400, problem);
  const body = cutBody(text, bodyAt, headers);
  if (!body.ok) return refuse(400, body.error);
  return ok({ kind: "request", ...answerable, uri: uri.value, body: body.value });
}

function requestUri(startLine: string): Result<string, { status: number; reason: string }> {
  const words = startLine.split(" ");
  if (words.length !== 3 || !isToken(words[0] ?? "")) return fail({ status: 400, reason: "Bad request line" });
  if ((words[2] ?? "").toUpperCase() !== "SIP/2.0") return fail({ status: 505, reason: "Version Not Supported" });
  const uri = words[1] ?? "";
  if (uri.length > URI_MAX_BYTES) return fail({ status: 414, reason: "Request-URI Too Long" });
  if (uri === "" || uri.startsWith("<")) return fail({ status: 400, reason: "Bad Request-URI" });
  return ok(uri);
}

/** What an answer needs. Without a Via of use nobody can be answered; anything else missing is named in a 400. */
function piecesOf(headers: readonly SipHeader[], method: string): Result<AnswerableRequest, ParseFailure> {
  const viaText = valueOf(headers, "via");
  const topVia = viaText === undefined ? undefined : splitList(viaText)[0];
  const via: Via | undefined = topVia === undefined ? undefined : parseVia(topVia);
  if (via === undefined) return fail({ status: 400, reason: "Bad Via" });
  const from = addressOf(headers, "from");
  const to = addressOf(headers, "to");
  const callId = valueOf(headers, "call-id") ?? "";
  const cseq = parseCSeq(valueOf(headers, "cseq") ?? "");
  const empty: AddressWithTag = { text: "", uri: "", tag: undefined };
  const pieces = { via, from: from ?? empty, to: to ?? empty, callId, cseq: cseq ?? { number: 0, method }, headers, method };
  const missing =
    from === undefined ? "From" : to === undefined ? "To" : callId === "" ? "Call-ID" : cseq === undefined ? "CSeq" : undefined;
  if (missing === undefined) return ok(pieces);
  // An answer without these could not be matched by anybody: it is sent only when the peer could read it.
  const isAnswerable = from !== undefined && to !== undefined && callId !== "" && cseq !== undefined;
  return fail({
    status: 400,
    reason: `Missing or bad ${missing}`,
    ...(isAnswerable || hasRaw(headers) ? { request: withRaw(pieces, headers) } : {}),
  });
}

/** The peer wrote all four, one of them badly: its own words are copied into the 400. */
function hasRaw(headers: readonly SipHeader[]): boolean {
  return ["from", "to", "call-id", "cseq"].every((name) => valueOf(headers, name) !== undefined);
}

function withRaw(pieces: AnswerableRequest, headers: readonly SipHeader[]): AnswerableRequest {
  const raw = (name: string): AddressWithTag => ({ text: valueOf(headers, name) ?? "", uri: "", tag: undefined });
  return {
    ...pieces,
    from: pieces.from.text === "" ? raw("from") : pieces.from,
    to: pieces.to.text === "" ? raw("to") : pieces.to,
  };
}

function headerProblem(headers: readonly SipHeader[], pieces: AnswerableRequest): string | undefined {
  const seen = new Set<string>();
  let vias = 0;
  for (const { name } of headers) {
    if (name === "via") vias += 1;
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name)) return `Repeated ${name}`;
    seen.add(name);
  }
  if (vias > VIAS_MAX) return "Too many Vias";
  if (pieces.cseq.method !== pieces.method) return "CSeq method differs";
  const tokens = [pieces.callId, pieces.from.tag, pieces.to.tag, pieces.via.branch];
  return tokens.some((token) => (token?.length ?? 0) > TOKEN_MAX_BYTES) ? "Call-ID, tag or branch too long" : undefined;
}

function addressOf(headers: readonly SipHeader[], name: string): AddressWithTag | undefined {
  const text = valueOf(headers, name);
  const address = text === undefined ? undefined : parseNameAddress(text);
  if (text === undefined || address === undefined || !address.ok) return undefined;
  const tag = address.value.parameters.get("tag");
  return { text, uri: address.value.uri, tag: tag === "" ? undefined : tag };
}
