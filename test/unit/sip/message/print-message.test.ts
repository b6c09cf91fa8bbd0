import assert from "node:assert/strict";
import { headersOf, type SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { printRequest, printResponse, printVia, type AnswerParts } from "#sip/message/print-message";
import { headerIn } from "#test/support/wire";

const HEARD_FROM = { host: "192.0.2.9", port: 4711 };

function message(headers: Readonly<Record<string, string | undefined>> = {}): string {
  const all: Record<string, string | undefined> = {
    v: "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport",
    From: '"a, \xff"  <sip:a@b>;tag=1;x',
    t: "<sip:c@d>",
    i: "x@y",
    CSeq: "0007  OPTIONS",
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== undefined);
  return `OPTIONS sip:c@d SIP/2.0\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

function request(headers: Readonly<Record<string, string>> = {}): SipRequest {
  const parsed = parseMessage(message(headers));
  return parsed.ok && parsed.value.kind === "request" ? parsed.value : assert.fail("no request");
}

const printed = (headers: Readonly<Record<string, string>>, answer: Partial<AnswerParts> = {}, heardFrom = HEARD_FROM): string =>
  printResponse(request(headers), { status: 200, ...answer }, heardFrom);

const via = (value: string, heardFrom = HEARD_FROM): string | undefined => headerIn(printed({ v: value }, {}, heardFrom), "Via");

describe("printResponse", () => {
  it("copies what identifies the request byte for byte, in long names", () => {
    assert.equal(
      printed({}, { toTag: "ours", headers: [["Allow", "OPTIONS"]], body: "\xe9!" }),
      "SIP/2.0 200 OK\r\n" +
        "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport=4711;received=192.0.2.9\r\n" +
        'From: "a, \xff"  <sip:a@b>;tag=1;x\r\n' +
        "To: <sip:c@d>;tag=ours\r\n" +
        "Call-ID: x@y\r\n" +
        "CSeq: 0007  OPTIONS\r\n" +
        "Allow: OPTIONS\r\n" +
        "Content-Length: 2\r\n\r\n\xe9!",
    );
  });

  it("marks the top Via with where it came from (RFC 3261 §18.2.1, RFC 3581 §4)", () => {
    assert.equal(via("SIP/2.0/UDP 192.0.2.9;branch=1"), "SIP/2.0/UDP 192.0.2.9;branch=1");
    assert.equal(via("SIP/2.0/UDP 192.0.2.9;rport;branch=1"), "SIP/2.0/UDP 192.0.2.9;rport=4711;branch=1;received=192.0.2.9");
    assert.equal(via("SIP/2.0/UDP phone.example;branch=1"), "SIP/2.0/UDP phone.example;branch=1;received=192.0.2.9");
    assert.equal(via("SIP/2.0/UDP 192.0.2.9:1;branch=1"), "SIP/2.0/UDP 192.0.2.9:1;branch=1");
  });

  it("drops what the peer wrote there itself", () => {
    assert.equal(
      via('SIP/2.0/UDP h;Received=6.6.6.6;RPORT = 1;branch=1;x=";received=1"'),
      'SIP/2.0/UDP h;rport=4711;branch=1;x=";received=1";received=192.0.2.9',
    );
  });

  it("compares IPv6 addresses in any case and writes them bare", () => {
    const heardFrom = { host: "2001:db8::1", port: 5060 };
    assert.equal(via("SIP/2.0/UDP [2001:DB8::1];branch=1", heardFrom), "SIP/2.0/UDP [2001:DB8::1];branch=1");
    assert.equal(via("SIP/2.0/UDP [::1];branch=1", heardFrom), "SIP/2.0/UDP [::1];branch=1;received=2001:db8::1");
  });

  it("leaves the other Vias as they are, in the line and below it", () => {
    const text = printed({ v: 'SIP/2.0/UDP h;x="1,2" , SIP/2.0/TCP i;rport\r\nVia: SIP/2.0/TLS j;rport' });
    assert.deepEqual(
      text.match(/^Via: .*$/gm),
      ['Via: SIP/2.0/UDP h;x="1,2";received=192.0.2.9 , SIP/2.0/TCP i;rport\r', "Via: SIP/2.0/TLS j;rport\r"].map((line) =>
        line.slice(0, -1),
      ),
    );
  });

  it("adds our tag where there is none, never to a 100", () => {
    assert.equal(headerIn(printed({ t: "sip:c@d" }, { toTag: "ours" }), "To"), "sip:c@d;tag=ours");
    assert.equal(headerIn(printed({ t: "<sip:c@d>;tag=2" }, { toTag: "ours" }), "To"), "<sip:c@d>;tag=2");
    assert.equal(headerIn(printed({}, { toTag: "ours", status: 100 }), "To"), "<sip:c@d>");
    assert.equal(headerIn(printed({}), "To"), "<sip:c@d>");
  });

  it("has the usual phrase or another one, and none for a status without", () => {
    assert.match(printed({}, { status: 489 }), /^SIP\/2\.0 489 Bad Event\r\n/);
    assert.match(printed({}, { status: 400, reason: "Missing or bad From" }), /^SIP\/2\.0 400 Missing or bad From\r\n/);
    assert.match(printed({}, { status: 499 }), /^SIP\/2\.0 499 \r\n/);
  });

  it("answers a broken request with what is there, once each", () => {
    const parsed = parseMessage(message({ From: undefined, i: "1\r\nCall-ID: 2", t: "<sip:c@d", CSeq: undefined }));
    assert.ok(!parsed.ok && parsed.error.request !== undefined);
    const text = printResponse(parsed.error.request, { status: 400, toTag: "ours" }, HEARD_FROM);
    assert.deepEqual(text.split("\r\n").slice(2), ["To: <sip:c@d;tag=ours", "Call-ID: 1", "Content-Length: 0", "", ""]);
  });

  it("refuses to break a line (X-13)", () => {
    for (const bad of ["\r", "\n", "\0", "a\r\nX: 1"]) {
      assert.throws(() => printed({}, { reason: bad }), /line/);
      assert.throws(() => printed({}, { headers: [["Allow", bad]] }), /line/);
      assert.throws(() => printed({}, { headers: [[`X${bad}`, "1"]] }), /line/);
    }
  });
});

describe("printRequest", () => {
  it("is read back with the same values", () => {
    const text = printRequest({
      method: "NOTIFY",
      uri: "sip:a@b;x=1",
      headers: [
        ["Via", printVia("udp", "192.0.2.1:5060", "z9hG4bKx")],
        ["From", "<sip:c@d>;tag=1"],
        ["To", "<sip:a@b>;tag=2"],
        ["Call-ID", "i"],
        ["CSeq", "1 NOTIFY"],
        ["Route", "<sip:p;lr>"],
        ["Route", "<sip:q;lr>"],
      ],
      body: " \xff\r\n",
    });
    const parsed = parseMessage(text);
    assert.ok(parsed.ok && parsed.value.kind === "request");
    assert.equal(parsed.value.via.text, "SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKx");
    assert.deepEqual(headersOf(parsed.value, "route"), ["<sip:p;lr>", "<sip:q;lr>"]);
    assert.equal(parsed.value.body, " \xff\r\n");
  });

  it("refuses to break a line (X-13)", () => {
    for (const bad of ["\r", "\n", "\0"]) {
      assert.throws(() => printRequest({ method: "OPTIONS", uri: `sip:a${bad}b`, headers: [] }), /line/);
      assert.throws(() => printRequest({ method: `OPTIONS${bad}`, uri: "sip:a", headers: [] }), /line/);
      assert.throws(() => printRequest({ method: "OPTIONS", uri: "sip:a", headers: [["X", bad]] }), /line/);
    }
    assert.throws(() => printRequest({ method: "OPTIONS", uri: "sip:a b", headers: [] }), /line/);
    assert.throws(() => printRequest({ method: "OPT IONS", uri: "sip:a", headers: [] }), /line/);
  });
});
