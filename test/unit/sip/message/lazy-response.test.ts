import assert from "node:assert/strict";
import type { LazyResponse } from "#sip/message/lazy-response";
import { headerOf, headersOf } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";

const LINES = [
  "Via: SIP/2.0/UDP 192.0.2.1:5060;rport=5060;branch=z9hG4bKa-b.C9;received=192.0.2.1, SIP/2.0/TCP h;branch=z9hG4bKother",
  'From: "Lobby, 1" <sip:1001@h>;tag=1',
  "To: <sip:a@b>;tag=2",
  "Call-ID: c@d",
  "CSeq: 7 NOTIFY",
  "Contact: <sip:a@b>",
];

function response(startLine = "SIP/2.0 200 OK", lines: readonly string[] = LINES, body = ""): LazyResponse {
  const parsed = parseMessage(`${[startLine, ...lines].join("\r\n")}\r\n\r\n${body}`);
  return parsed.ok && parsed.value.kind === "response" ? parsed.value : assert.fail("no response");
}

describe("a response", () => {
  it("gives what is asked for", () => {
    const answer = response();
    assert.deepEqual([answer.status, answer.reason, answer.branch], [200, "OK", "z9hG4bKa-b.C9"]);
    assert.deepEqual(
      [answer.via.host, answer.via.port, answer.via.branch, answer.via.rport],
      ["192.0.2.1", 5060, "z9hG4bKa-b.C9", true],
    );
    assert.equal(answer.callId, "c@d");
    assert.deepEqual(answer.cseq, { number: 7, method: "NOTIFY" });
    assert.equal(headerOf(answer, "contact"), "<sip:a@b>");
    assert.equal(headersOf(answer, "via").length, 1);
    assert.equal(answer.headers, answer.headers, "cut once");
  });

  it("takes every phrase, none, and any case of the version (RFC 4475 §3.1.1.13)", () => {
    assert.deepEqual([response("SIP/2.0 100 ").status, response("SIP/2.0 100 ").reason], [100, ""]);
    assert.equal(response("SIP/2.0 200").reason, "");
    assert.equal(response("SIP/2.0 699 a  \xc3\xa0\xff").reason, "a  \xc3\xa0\xff");
    assert.equal(response("sip/2.0 180 Ringing").status, 180);
    assert.equal(response("SIP/2.0 200 ok").reason, "ok");
  });

  it("is refused without an answer when its status line is bad", () => {
    const lines = [
      "SIP/2.0",
      "SIP/2.0 ",
      "SIP/2.0 99 x",
      "SIP/2.0 700 x",
      "SIP/2.0 2000 x",
      "SIP/2.0 200OK",
      "SIP/2.0  200 OK",
      "SIP/7.0 200 OK",
    ];
    for (const line of [
      ...lines,
      "SIP/2.0 20 0",
      "SIP/2.0 200 a\rb",
      "SIP/2.0 200 a\nb",
      "SIP/2.0 4294967301 better not break the receiver",
    ]) {
      const parsed = parseMessage(`${line}\r\n${LINES.join("\r\n")}\r\n\r\n`);
      assert.ok(!parsed.ok, line);
      assert.equal(parsed.error.request, undefined);
    }
  });

  it("lacks nothing that would throw when headers are missing or bad", () => {
    for (const lines of [[], ["junk"], ["Via: x", "CSeq: y", "i:"], ["\rx\n"]]) {
      const answer = response("SIP/2.0 200 OK", lines);
      assert.deepEqual([answer.branch, answer.via.host, answer.via.branch, answer.callId], [undefined, "", undefined, ""]);
      assert.deepEqual(answer.cseq, { number: 0, method: "" });
    }
  });

  it("has its body by length, and none when the length is wrong", () => {
    assert.equal(response("SIP/2.0 200 OK", [...LINES, "l: 2"], "abc").body, "ab");
    assert.equal(response("SIP/2.0 200 OK", LINES, " abc").body, " abc");
    assert.equal(response("SIP/2.0 200 OK", [...LINES, "l: 9"], "abc").body, "");
  });

  it("ends its branch at the first character that no branch of ours has", () => {
    for (const end of [";x", ",", " ", "\t", '"', "\r\n"]) {
      const answer = response("SIP/2.0 200 OK", [`v: SIP/2.0/UDP h;branch=z9hG4bKa1${end}`]);
      assert.equal(answer.branch, "z9hG4bKa1");
    }
  });
});
