import assert from "node:assert/strict";
import type { SipResponse } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { judgeAnswer } from "#sip/subscription/notify-answer";

const TARGET = "sip:5001@192.0.2.21:5060;line=7";

function answer(status: number, headers: readonly string[] = []): SipResponse {
  const lines = [
    `SIP/2.0 ${status} Reason`,
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx",
    "From: <sip:a@h>;tag=1",
    "To: <sip:b@h>;tag=2",
    "Call-ID: c",
    "CSeq: 1 NOTIFY",
    ...headers,
  ];
  const parsed = parseMessage(`${lines.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`);
  return parsed.ok && parsed.value.kind === "response" ? parsed.value : assert.fail("no response");
}

const verdict = (status: number, headers?: readonly string[]): string => judgeAnswer(answer(status, headers), TARGET).type;

function statuses(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** RFC 5057 §5.1: ends the dialog, or the usage. */
const ENDS_DIALOG = [404, 410, 416, 482, 483, 484, 485, 502, 604];
const ENDS_USAGE = [405, 480, 481, 489, 501];

describe("final answers to NOTIFY by RFC 5057 §5.1, RFC 6665 §4.2.2 and design §9.9", () => {
  it("every 2xx delivers", () => {
    for (const status of statuses(200, 299)) assert.equal(verdict(status), "delivered");
  });

  it("what ends the dialog or the usage ends the subscription, Retry-After or not", () => {
    for (const status of [...ENDS_DIALOG, ...ENDS_USAGE]) assert.equal(verdict(status), "refused", String(status));
    for (const status of ENDS_DIALOG) assert.equal(verdict(status, ["Retry-After: 5"]), "refused", String(status));
  });

  it("every other 4xx and 6xx ends only the transaction, but for challenges and 408", () => {
    const others = [...statuses(400, 499), ...statuses(600, 699)].filter(
      (status) => ![...ENDS_DIALOG, ...ENDS_USAGE, 401, 407, 408].includes(status),
    );
    for (const status of others) assert.equal(verdict(status), "kept", String(status));
    for (const status of [401, 407, 408]) assert.equal(verdict(status), "failed");
  });

  it("every other 5xx is doubtful", () => {
    for (const status of statuses(500, 599).filter((one) => one !== 501 && one !== 502)) assert.equal(verdict(status), "failed");
  });

  it("Retry-After holds: at least a second, at most five minutes; what is no number counts as absent", () => {
    const hold = (value: string): unknown => {
      const judged = judgeAnswer(answer(503, [`Retry-After: ${value}`]), TARGET);
      return judged.type === "heldBack" ? judged.holdMs : judged.type;
    };
    assert.equal(hold("18000;duration=3600"), 300_000);
    assert.equal(hold("120 (I'm in a meeting)"), 120_000);
    assert.equal(hold("0"), 1000);
    assert.equal(hold("99999999999999999999"), 300_000);
    assert.equal(hold("soon"), "failed");
    assert.equal(hold("-5"), "failed");
  });

  it("3xx is followed to a Contact of the same host only", () => {
    const moved = (contact: string): unknown => {
      const judged = judgeAnswer(answer(302, contact === "" ? [] : [`Contact: ${contact}`]), TARGET);
      return judged.type === "moved" ? judged.target : judged.type;
    };
    assert.equal(moved("<sip:x@192.0.2.21:5080;line=8>;q=0.5"), "sip:x@192.0.2.21:5080;line=8");
    assert.equal(moved("<sip:x@evil.example>, <sip:y@192.0.2.21>"), "sip:y@192.0.2.21");
    for (const contact of ["", "*", "<sip:x@evil.example>", "<tel:1>", "<sip:192.0.2.21@evil.example>"])
      assert.equal(moved(contact), "refused", contact);
  });
});
