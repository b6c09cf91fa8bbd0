import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDigest } from "#sip/message/auth-header";
import { parseEvent } from "#sip/message/event-header";
import type { SipHeader } from "#sip/message/message";
import { parseNameAddressList } from "#sip/message/name-addr";
import { parseMessage } from "#sip/message/parse-message";
import { printResponse } from "#sip/message/print-message";
import { isToken } from "#sip/message/scan-text";
import { parseUri } from "#sip/message/uri";
import { requestTexts } from "#test/support/message-texts";

const RUNS = 3000;
const HEARD_FROM = { host: "192.0.2.9", port: 4711 };
/** What an answer may be longer than the request it answers: received, rport, tag, phrase, Content-Length. */
const ANSWER_MORE_BYTES = 250;

const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array).toString("latin1"));

/** Pieces that a scanner might trip over. */
const PIECES = fc.constantFrom(
  ...[
    "\r\n",
    "\r",
    "\n",
    "\0",
    " ",
    "\t",
    "\r\n ",
    "\r\n\r\n",
    ":",
    ";",
    ",",
    "<",
    ">",
    '"',
    "\\",
    "=",
    "?",
    "@",
    "[",
    "]",
    "%",
    "\xa0",
    "\xff",
  ],
  ...[
    "SIP/2.0",
    "SIP/2.0 200 OK\r\n",
    "OPTIONS sip:a@b SIP/2.0\r\n",
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n",
    "From: <sip:a@b>;tag=1\r\n",
  ],
  ...[
    "To: <sip:c@d>\r\n",
    "Call-ID: x\r\n",
    "CSeq: 1 OPTIONS\r\n",
    "Content-Length: 5\r\n",
    "l:0\r\n",
    "Contact: *\r\n",
    "branch=z9hG4bK",
    "sip:",
    "tag=",
  ],
);
const pieces = fc
  .array(fc.oneof({ weight: 6, arbitrary: PIECES }, { weight: 1, arbitrary: bytes(6) }), { maxLength: 40 })
  .map((all) => all.join(""));

/** One wound: what stands from `at` on is cut, doubled, flipped, or something is put there. */
const wounds = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 30 }),
  kind: fc.constantFrom("cut", "double", "flip", "put", "put", "end"),
  piece: fc.oneof(PIECES, bytes(3)),
});

type Wound = typeof wounds extends fc.Arbitrary<infer T> ? T : never;

function wound(text: string, { at, length, kind, piece }: Wound): string {
  const start = Math.floor(at * text.length);
  const [before, inside, after] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
  if (kind === "cut") return before + after;
  if (kind === "double") return before + inside + inside + after;
  if (kind === "put") return before + piece + inside + after;
  if (kind === "end") return before;
  const flipped = Array.from(inside, (character) => String.fromCharCode(character.charCodeAt(0) ^ (1 << (length % 8))));
  return before + flipped.join("") + after;
}

/** Reads everything that can be asked for, and answers what can be answered: nothing throws, answers are well-formed. */
function assertSurvives(text: string): void {
  const parsed = parseMessage(text);
  const request = parsed.ok ? (parsed.value.kind === "request" ? parsed.value : undefined) : parsed.error.request;
  if (parsed.ok && parsed.value.kind === "response") {
    const { branch, via, callId, cseq, headers, body } = parsed.value;
    assert.ok([typeof branch, typeof via.text, typeof callId, typeof cseq.method, typeof headers.length, typeof body].length > 0);
  }
  if (!parsed.ok) {
    assert.ok(parsed.error.status >= 400 && parsed.error.status < 700);
    assert.match(parsed.error.reason, /^[ -~]{1,100}$/);
  }
  if (request === undefined) return;
  readHeaders(request);
  assert.notEqual(request.via.host, "");
  const answer = printResponse(request, { status: 400, toTag: "ours" }, HEARD_FROM);
  assert.ok(answer.length <= text.length + ANSWER_MORE_BYTES, "no amplification");
  assertOneReading(answer, request.via.branch);
}

function readHeaders(message: { readonly headers: readonly SipHeader[] }): void {
  for (const { value } of message.headers) {
    const list = parseNameAddressList(value, 50);
    if (list.ok) for (const { uri } of list.value) parseUri(uri);
    parseEvent(value);
    parseDigest(`Digest ${value}`);
  }
}

/** Our answer has no line that the request smuggled in. */
function assertOneReading(answer: string, branch: string | undefined): void {
  const lines = answer.split("\r\n");
  assert.deepEqual(lines.slice(-2), ["", ""]);
  for (const line of lines.slice(1, -2)) assert.match(line, /^(?:Via|From|To|Call-ID|CSeq|Content-Length): [^\r\n]*$/);
  const read = parseMessage(answer);
  assert.ok(read.ok && read.value.kind === "response");
  // A branch that opens a quote or a bracket swallows what is added behind it: its peer's own doing.
  if (branch === undefined || isToken(branch)) assert.equal(read.value.via.branch, branch);
}

describe("any bytes at all", function () {
  this.timeout(60_000);

  it("are read without a throw", () => {
    fc.assert(fc.property(fc.oneof(bytes(300), pieces, fc.string({ unit: "binary" })), assertSurvives), { numRuns: RUNS });
  });

  it("are read behind a good start", () => {
    const start = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n";
    fc.assert(
      fc.property(pieces, (rest) => {
        assertSurvives(start + rest);
        assertSurvives(`SIP/2.0 200 OK\r\n${rest}`);
      }),
      { numRuns: RUNS },
    );
  });

  it("are read in place of a part of a valid message", () => {
    fc.assert(
      fc.property(requestTexts, fc.array(wounds, { minLength: 1, maxLength: 4 }), (text, all) => {
        assertSurvives(all.reduce(wound, text));
      }),
      { numRuns: RUNS },
    );
  });

  it("have nobody to answer without a usable Via, and somebody with one", () => {
    fc.assert(
      fc.property(requestTexts, fc.array(wounds, { minLength: 1, maxLength: 2 }), (text, all) => {
        const lines = text.split("\r\n");
        const rest = all.reduce(wound, lines.slice(1).join("\r\n").replaceAll(/^v/gim, "X-V"));
        const withVia = parseMessage(`${lines[0] ?? ""}\r\nVia: SIP/2.0/UDP top\r\nX: y\r\n${rest}`);
        if (!withVia.ok) assert.equal(withVia.error.request?.via.host, "top");
        else assert.ok(withVia.value.via.host === "top");
      }),
      { numRuns: RUNS },
    );
  });
});
