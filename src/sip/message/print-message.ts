import assert from "node:assert/strict";
import type { AnswerableRequest } from "./parse-failure.ts";
import { REASON_PHRASES } from "./reason-phrases.ts";

/** A header that we write; values are binary strings. */
type Header = readonly [name: string, value: string];

/** Where a request was really heard from (S-10 to S-12). */
export interface HeardFrom {
  readonly host: string;
  readonly port: number;
}

// eslint-disable-next-line no-control-regex -- these are what must not leave
const BREAKS_LINES = /[\r\n\0]/;

/** Prints an answer: Vias as received (the top one with received and rport), From, To with our tag, Call-ID, CSeq, then `headers`. */
export function printResponse(
  request: AnswerableRequest,
  answer: {
    readonly status: number;
    readonly reason?: string;
    readonly toTag?: string;
    readonly headers?: readonly Header[];
    readonly body?: string;
  },
  heardFrom: HeardFrom,
): string {
  const reason = answer.reason ?? REASON_PHRASES[answer.status] ?? "";
  const body = answer.body ?? "";
  const to =
    request.to.tag === undefined && answer.toTag !== undefined ? `${request.to.text};tag=${answer.toTag}` : request.to.text;
  return (
    `SIP/2.0 ${answer.status} ${reason}\r\n${viaLines(request, heardFrom)}From: ${request.from.text}\r\nTo: ${to}\r\n` +
    `Call-ID: ${request.callId}\r\nCSeq: ${request.cseq.number} ${request.cseq.method}\r\n` +
    `${headerLines(answer.headers ?? [])}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

function viaLines(request: AnswerableRequest, heardFrom: HeardFrom): string {
  let lines = "";
  let isTop = true;
  for (const { name, value } of request.headers) {
    if (name !== "via") continue;
    lines += isTop ? `Via: ${markVia(request, heardFrom)}${value.slice(request.via.text.length)}\r\n` : `Via: ${value}\r\n`;
    isTop = false;
  }
  return lines;
}

/** `received` when the address differs or rport is there; rport filled with the source port (RFC 3581 §4). */
function markVia({ via }: AnswerableRequest, heardFrom: HeardFrom): string {
  const isElsewhere = via.host.toLowerCase() !== heardFrom.host.toLowerCase();
  let text = via.text;
  if (via.rport) text = text.replace(/;\s*rport(?:\s*=[^;,\s]*)?/i, `;rport=${heardFrom.port}`);
  if (isElsewhere || via.rport) text = `${text.replace(/;\s*received\s*=[^;,\s]*/i, "")};received=${heardFrom.host}`;
  return text;
}

/** Prints a request of ours from its start to the body. */
export function printRequest(request: {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body?: string;
}): string {
  const body = request.body ?? "";
  assert.ok(!BREAKS_LINES.test(request.uri) && !request.uri.includes(" "), "a Request-URI must not break its line");
  return `${request.method} ${request.uri} SIP/2.0\r\n${headerLines(request.headers)}Content-Length: ${body.length}\r\n\r\n${body}`;
}

function headerLines(headers: readonly Header[]): string {
  let lines = "";
  for (const [name, value] of headers) {
    assert.ok(!BREAKS_LINES.test(value), `header ${name} must not break its line`);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** A Via value of ours. */
export function printVia(transport: string, sentBy: string, branch: string): string {
  return `SIP/2.0/${transport.toUpperCase()} ${sentBy};rport;branch=${branch}`;
}
