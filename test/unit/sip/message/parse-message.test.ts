import assert from "node:assert/strict";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import type { ParseFailure } from "#sip/message/parse-failure";

const SUBSCRIBE = [
  "SUBSCRIBE sip:1002@192.0.2.1;user=phone SIP/2.0",
  "Via: SIP/2.0/UDP 192.0.2.21:5062;branch=z9hG4bKabc;rport",
  'From: "L1-0004F2" <sip:1001@192.0.2.1>;tag=AA-11',
  "To: <sip:1002@192.0.2.1;user=phone>",
  "Call-ID: 8f3a@192.0.2.21",
  "CSeq: 7 SUBSCRIBE",
  "Contact: <sip:1001@192.0.2.21:5062>",
  "Event: dialog",
  "Max-Forwards: 70",
  "Expires: 3600",
  "Content-Length: 0",
];

/** The message of some lines, the ones of `changes` instead of those of the same header (or start line, with ""). */
function text(changes: Readonly<Record<string, string | undefined>> = {}, more: readonly string[] = [], body = ""): string {
  const lines = SUBSCRIBE.map((line, at) => {
    const name = at === 0 ? "" : line.slice(0, line.indexOf(":"));
    return name in changes ? changes[name] : line;
  });
  return [...lines.filter((line) => line !== undefined), ...more, "", body].join("\r\n");
}

function parsed(message: string): SipRequest {
  const result = parseMessage(message);
  assert.ok(result.ok, result.ok ? "" : `${result.error.status} ${result.error.reason}`);
  assert.equal(result.value.kind, "request");
  return result.value;
}

function refused(message: string): ParseFailure {
  const result = parseMessage(message);
  assert.ok(!result.ok, "was taken");
  return result.error;
}

describe("parse-message: requests", () => {
  it("reads what every request has", () => {
    const request = parsed(text());
    assert.equal(request.method, "SUBSCRIBE");
    assert.equal(request.uri, "sip:1002@192.0.2.1;user=phone");
    assert.deepEqual(request.via, {
      transport: "UDP",
      host: "192.0.2.21",
      port: 5062,
      branch: "z9hG4bKabc",
      rport: true,
      text: "SIP/2.0/UDP 192.0.2.21:5062;branch=z9hG4bKabc;rport",
    });
    assert.deepEqual(request.from, {
      text: '"L1-0004F2" <sip:1001@192.0.2.1>;tag=AA-11',
      uri: "sip:1001@192.0.2.1",
      tag: "AA-11",
    });
    assert.deepEqual(request.to, {
      text: "<sip:1002@192.0.2.1;user=phone>",
      uri: "sip:1002@192.0.2.1;user=phone",
      tag: undefined,
    });
    assert.equal(request.callId, "8f3a@192.0.2.21");
    assert.deepEqual(request.cseq, { number: 7, method: "SUBSCRIBE" });
    assert.equal(headerOf(request, "event"), "dialog");
    assert.equal(request.body, "");
  });

  it("reads compact and oddly spelled names, blanks before the colon and folded lines (X-12)", () => {
    const request = parsed(
      text(
        {
          From: "f : <sip:a@b>;\r\n\ttag=1",
          To: "T:<sip:c@d>",
          "Call-ID": "i:x",
          Event: "O\t: dialog",
          Contact: "CONTACT: <sip:e@f>",
        },
        ["sUbJect: one\r\n  two \r\n\tthree", "X-Own: "],
      ),
    );
    assert.equal(request.from.tag, "1");
    assert.equal(request.to.uri, "sip:c@d");
    assert.equal(request.callId, "x");
    assert.equal(headerOf(request, "event"), "dialog");
    assert.equal(headerOf(request, "contact"), "<sip:e@f>");
    assert.equal(headerOf(request, "subject"), "one two three");
    assert.equal(headerOf(request, "x-own"), "");
  });

  it("takes the first of several Vias, in one line or more", () => {
    const request = parsed(
      text({ Via: "Via: SIP/2.0/TCP a.example;branch=z9hG4bK1 , SIP/2.0/UDP b.example\r\nv: SIP/2.0/UDP c.example" }),
    );
    assert.equal(request.via.host, "a.example");
    assert.equal(request.via.text, "SIP/2.0/TCP a.example;branch=z9hG4bK1");
    assert.equal(headersOf(request, "via").length, 2);
  });

  it("takes a peer of RFC 2543: no branch, no From tag", () => {
    const request = parsed(text({ Via: "Via: SIP/2.0/UDP 192.0.2.21", From: "From: sip:1001@b" }));
    assert.equal(request.via.branch, undefined);
    assert.equal(request.via.port, undefined);
    assert.equal(request.from.tag, undefined);
  });

  it("keeps the bytes of UTF-8 letters that end in A0", () => {
    const name = Buffer.from("Voilà", "utf8").toString("latin1");
    const request = parsed(text({ From: `From: "${name}" <sip:a@b>;tag=1` }, [`Subject: ${name}`]));
    assert.equal(headerOf(request, "subject"), name);
    assert.equal(request.from.text, `"${name}" <sip:a@b>;tag=1`);
  });

  it("cuts the body by Content-Length and without one takes the rest", () => {
    assert.equal(parsed(text({ "Content-Length": "l: 3" }, [], "abcdef")).body, "abc");
    assert.equal(parsed(text({ "Content-Length": undefined }, [], "abc\r\n\0\xff")).body, "abc\r\n\0\xff");
  });

  it("takes a body that begins with a blank for a body, not for a folded line", () => {
    for (const body of [" a", "\t", " a: b\r\n\r\n", "\r\n "]) {
      assert.equal(parsed(text({ "Content-Length": `l: ${body.length}` }, [], body)).body, body);
      assert.equal(parsed(text({ "Content-Length": undefined }, [], body)).body, body);
    }
  });

  it("skips blank lines before the start line", () => {
    assert.equal(parsed(`\r\n\r\n${text()}`).method, "SUBSCRIBE");
  });
});

describe("parse-message: refusals", () => {
  const cases: readonly [name: string, message: string, status: number, reason: RegExp][] = [
    ["a missing From", text({ From: undefined }), 400, /From/],
    ["a missing To", text({ To: undefined }), 400, /To/],
    ["a missing Call-ID", text({ "Call-ID": undefined }), 400, /Call-ID/],
    ["an empty Call-ID", text({ "Call-ID": "Call-ID:" }), 400, /Call-ID/],
    ["a missing CSeq", text({ CSeq: undefined }), 400, /CSeq/],
    ["a CSeq without a method", text({ CSeq: "CSeq: 7" }), 400, /CSeq/],
    ["a CSeq number of 33 bits", text({ CSeq: "CSeq: 4294967296 SUBSCRIBE" }), 400, /CSeq/],
    ["a CSeq of another method", text({ CSeq: "CSeq: 7 REGISTER" }), 400, /CSeq/],
    ["a second From", text({}, ["f: <sip:x@y>;tag=2"]), 400, /Repeated from/],
    ["a second Call-ID", text({}, ["i: other"]), 400, /Repeated call-id/],
    ["a second Content-Length", text({}, ["l: 0"]), 400, /Repeated content-length/],
    ["a second Event", text({}, ["Event: presence"]), 400, /Repeated event/],
    ["another version", text({ "": "SUBSCRIBE sip:a@b SIP/7.0" }), 505, /Version/],
    ["two blanks in the start line", text({ "": "SUBSCRIBE  sip:a@b SIP/2.0" }), 400, /Request-URI/],
    ["a blank after the start line", text({ "": "SUBSCRIBE sip:a@b SIP/2.0 " }), 400, /request line/],
    ["a Request-URI in brackets", text({ "": "SUBSCRIBE <sip:a@b> SIP/2.0" }), 400, /Request-URI/],
    ["a Request-URI of 1025 bytes", text({ "": `SUBSCRIBE sip:${"a".repeat(1021)} SIP/2.0` }), 414, /Too Long/],
    ["a Content-Length with a sign", text({ "Content-Length": "Content-Length: -1" }), 400, /Content-Length/],
    ["a body shorter than announced", text({ "Content-Length": "Content-Length: 9" }, [], "abc"), 400, /Content-Length/],
    ["a header without colon", text({}, ["NoColonHere"]), 400, /header name/],
    ["a header name with a bracket", text({}, ["X(Y): 1"]), 400, /header name/],
    ["a bare LF in a header", text({}, ["Subject: a\nEvil: 1"]), 400, /line end/],
    ["a bare LF before a blank", text({}, ["Subject: a\n folded"]), 400, /line end|header name/],
    ["a bare CR in a header", text({}, ["Subject: a\rEvil: 1"]), 400, /line end/],
    ["a bare CR in a folded header", text({}, ["Subject: a\r\n b\rEvil: 1"]), 400, /line end/],
    ["257 headers", text({}, Array<string>(257).fill("X: 1")), 400, /Too many headers/],
    ["71 Vias", text({}, [`Via: ${Array<string>(70).fill("SIP/2.0/UDP a").join(",")}`]), 400, /Too many Vias/],
    ["a header of more than 8 kB", text({}, [`Subject: ${"a".repeat(8192)}`]), 400, /too long/],
    ["a tag of 257 bytes", text({ From: `From: <sip:a@b>;tag=${"1".repeat(257)}` }), 400, /Tag/],
    ["a Call-ID of 257 bytes", text({ "Call-ID": `Call-ID: ${"1".repeat(257)}` }), 400, /Call-ID/],
    ["a branch of 257 bytes", text({ Via: `Via: SIP/2.0/UDP a;branch=z9hG4bK${"1".repeat(250)}` }), 400, /Branch/],
    ["an unclosed quote in To", text({ To: 'To: "Mr. J. User <sip:c@d>' }), 400, /To/],
  ];

  for (const [name, message, status, reason] of cases) {
    it(`refuses ${name}, so that the sender can be told`, () => {
      const failure = refused(message);
      assert.equal(failure.status, status, failure.reason);
      assert.match(failure.reason, reason);
      assert.equal(failure.request?.via.host !== undefined, true);
    });
  }

  it("takes values at their limits", () => {
    const token = "1".repeat(256);
    assert.equal(parsed(text({ "Call-ID": `Call-ID: ${token}`, From: `From: <sip:a@b>;tag=${token}` })).callId.length, 256);
    assert.equal(parsed(text({}, Array<string>(245).fill("X: 1"))).headers.length, 255);
    assert.equal(parsed(text({ "": `SUBSCRIBE sip:${"a".repeat(1020)} SIP/2.0` })).uri.length, 1024);
  });

  const silent: readonly [name: string, message: string][] = [
    ["no Via", text({ Via: undefined })],
    ["a Via that cannot be read", text({ Via: "Via: SIP/3.0/UDP a;branch=z9hG4bK1" })],
    ["a Via without a host", text({ Via: "Via: SIP/2.0/UDP ;branch=z9hG4bK1" })],
    ["no start line", "no line end"],
    ["nothing", ""],
    ["a status line of a number too big", "SIP/2.0 4294967301 better not break\r\nVia: SIP/2.0/UDP a\r\n\r\n"],
    ["more than a datagram holds", text({}, [], "x".repeat(65_536))],
  ];
  for (const [name, message] of silent) {
    it(`has nobody to answer with ${name}`, () => {
      assert.equal(refused(message).request, undefined);
    });
  }

  it("does not answer a response, whatever the case of its version", () => {
    for (const line of ["sip/2.0 200 OK", "Sip/2.0 4711 x", "SIP/3.0 200 OK", "sIP/"]) {
      const result = parseMessage(text({ "": line }));
      assert.ok(result.ok ? result.value.kind === "response" : result.error.request === undefined, line);
    }
  });

  it("says what is wrong in few words, so that the answer is about as long as the request", () => {
    assert.ok(refused(text({}, [`${"x".repeat(60_000)}: a\rb`])).reason.length < 100);
  });

  it("says that the header section does not end", () => {
    assert.match(refused("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>").reason, /From|end of headers/);
  });
});
