import assert from "node:assert/strict";
import type { Via } from "./message.ts";
import type { AnswerableRequest } from "./parse-failure.ts";
import { REASON_PHRASES } from "./reason-phrases.ts";
import { splitList } from "./split-list.ts";

/** A header that we write; values are binary strings. */
type Header = readonly [name: string, value: string];

/** Where a request was really heard from (S-10 to S-12). */
export interface HeardFrom {
  readonly host: string;
  readonly port: number;
}

/** What is said in an answer. */
export interface AnswerParts {
  readonly status: number;
  readonly reason?: string;
  /** Added to a To that has no tag yet; a 100 has none. */
  readonly toTag?: string;
  readonly headers?: readonly Header[];
  readonly body?: string;
}

const BREAKS_LINES = /[\r\n\0]/;

/**
 * Prints an answer: Vias as received (the top one with received and rport), From, To with our tag, Call-ID and CSeq byte for byte, then
 * `headers`. What the peer left out is left out, so that broken requests can be answered too.
 */
export function printResponse(request: AnswerableRequest, answer: AnswerParts, heardFrom: HeardFrom): string {
  const reason = answer.reason ?? REASON_PHRASES[answer.status] ?? "";
  assert.ok(!BREAKS_LINES.test(reason), "a reason must not break its line");
  const body = answer.body ?? "";
  return (
    `SIP/2.0 ${answer.status} ${reason}\r\n${copiedLines(request, answer, heardFrom)}` +
    `${headerLines(answer.headers ?? NO_HEADERS)}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

const NO_HEADERS: readonly Header[] = [];

function copiedLines(request: AnswerableRequest, answer: AnswerParts, heardFrom: HeardFrom): string {
  let vias = "";
  let from = "";
  let to = "";
  let callId = "";
  let cseq = "";
  for (const { name, value } of request.headers) {
    if (name === "via") vias += viaLine(value, vias === "" ? request.via : undefined, heardFrom);
    else if (name === "from") from ||= `From: ${value}\r\n`;
    else if (name === "to") to ||= `To: ${value}${newTag(request, answer)}\r\n`;
    else if (name === "call-id") callId ||= `Call-ID: ${value}\r\n`;
    else if (name === "cseq") cseq ||= `CSeq: ${value}\r\n`;
  }
  return vias + from + to + callId + cseq;
}

function newTag(request: AnswerableRequest, { toTag, status }: AnswerParts): string {
  return toTag === undefined || status === 100 || request.to.tag !== undefined ? "" : `;tag=${toTag}`;
}

/** A Via line; the top one (with its first value given) is marked with where it came from, what follows in the same line stays. */
function viaLine(value: string, top: Via | undefined, heardFrom: HeardFrom): string {
  return top === undefined ? `Via: ${value}\r\n` : `Via: ${markVia(top, heardFrom)}${value.slice(top.text.length)}\r\n`;
}

/** `received` when the address differs or rport is there; rport filled with the source port (RFC 3581 §4). What a peer wrote there itself is dropped. */
function markVia(via: Via, heardFrom: HeardFrom): string {
  if (!via.rport && via.host.toLowerCase() === heardFrom.host) return via.text;
  const [address = "", ...parameters] = splitList(via.text, ";");
  let text = address;
  for (const parameter of parameters) {
    const name = (parameter.split("=", 1)[0] ?? "").trimEnd().toLowerCase();
    if (name === "rport") text += `;rport=${heardFrom.port}`;
    else if (name !== "received") text += `;${parameter}`;
  }
  return `${text};received=${heardFrom.host}`;
}

/** Prints a request of ours from its start to the body. */
export function printRequest(request: {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body?: string;
}): string {
  const body = request.body ?? "";
  assert.ok(!/[\r\n\0 ]/.test(request.method + request.uri), "method and Request-URI must not break their line");
  return `${request.method} ${request.uri} SIP/2.0\r\n${headerLines(request.headers)}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function headerLines(headers: readonly Header[]): string {
  let lines = "";
  for (const [name, value] of headers) {
    assert.ok(!BREAKS_LINES.test(value) && !BREAKS_LINES.test(name), `header ${name} must not break its line`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** A Via value of ours. */
export function printVia(transport: string, sentBy: string, branch: string): string {
  return `SIP/2.0/${transport.toUpperCase()} ${sentBy};rport;branch=${branch}`;
}
