import assert from "node:assert/strict";
import * as limits from "#sip/message/limits";
import { parseMessage } from "#sip/message/parse-message";
import { request } from "#test/support/wire";

/** The reason of the refusal; "" = taken. */
function judged(text: string): string {
  const parsed = parseMessage(text);
  return parsed.ok ? "" : parsed.error.reason;
}

const withHeaders = (headers: Readonly<Record<string, string>>): string => request("OPTIONS", "sip:b", 5060, headers);
const PLAIN_HEADERS = withHeaders({}).split("\r\n").length - 3;

/** For each limit: a message of a size, and what is said of one past it. */
const CASES: readonly [name: string, limit: number, make: (size: number) => string, reason: RegExp][] = [
  ["bytes of a message", limits.MESSAGE_MAX_BYTES, (size) => padded(size), /Too Large/],
  [
    "headers",
    limits.HEADERS_MAX,
    (size) =>
      withHeaders({
        X: Array<string>(size - PLAIN_HEADERS)
          .fill("y")
          .join("\r\nX: "),
      }),
    /Too many headers/,
  ],
  ["bytes of a header", limits.HEADER_MAX_BYTES, (size) => withHeaders({ X: "y".repeat(size - 3) }), /too long/],
  ["bytes of a Request-URI", limits.URI_MAX_BYTES, (size) => request("OPTIONS", `sip:${"b".repeat(size - 4)}`, 5060), /Too Long/],
  [
    "Vias in one line",
    limits.VIAS_MAX,
    (size) => withHeaders({ Via: Array<string>(size).fill("SIP/2.0/UDP h").join(",") }),
    /Vias/,
  ],
  [
    "Vias in lines",
    limits.VIAS_MAX,
    (size) => withHeaders({ Via: Array<string>(size).fill("SIP/2.0/UDP h").join("\r\nv: ") }),
    /Vias/,
  ],
  ["bytes of a Call-ID", limits.TOKEN_MAX_BYTES, (size) => withHeaders({ "Call-ID": "i".repeat(size) }), /Call-ID/],
  ["bytes of a From tag", limits.TOKEN_MAX_BYTES, (size) => withHeaders({ From: `<sip:a>;tag=${"t".repeat(size)}` }), /Tag/],
  ["bytes of a To tag", limits.TOKEN_MAX_BYTES, (size) => withHeaders({ To: `<sip:a>;tag=${"t".repeat(size)}` }), /Tag/],
  [
    "bytes of a branch",
    limits.TOKEN_MAX_BYTES,
    (size) => withHeaders({ Via: `SIP/2.0/UDP h;branch=${"b".repeat(size)}` }),
    /Branch/,
  ],
  ["the CSeq number", limits.CSEQ_MAX, (size) => withHeaders({ CSeq: `${size} OPTIONS` }), /CSeq/],
];

/** A message of so many bytes: its body fills it. */
function padded(size: number): string {
  const empty = withHeaders({ "Content-Length": "" });
  return empty + "x".repeat(size - empty.length);
}

describe("limits of the scanner (presence.md §7.2)", () => {
  for (const [name, limit, make, reason] of CASES)
    it(`${name}: ${limit}, not one more`, () => {
      assert.equal(judged(make(limit)), "");
      assert.match(judged(make(limit + 1)), reason);
    });
});
