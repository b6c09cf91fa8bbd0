import assert from "node:assert/strict";
import { request, statusOf } from "#test/support/wire";
import { TortureServer, WAYS, type Way } from "../torture-server.ts";

const L1 = "sip:L1-0000FFFF0005_T1@127.0.0.1";
const XML = (body: string): Shot => publish("application/dialog-info+xml", body);

/** A message and the status it is answered; on a stream maybe another one. */
interface Shot {
  readonly text: string;
  readonly status: number;
  readonly onStream: number;
}

function subscribe(headers: Readonly<Record<string, string>>, status: number, onStream = status): Shot {
  const text = request("SUBSCRIBE", L1, 9, { Event: "dialog", Expires: "600", ...headers });
  return { text, status, onStream };
}

function publish(type: string, body: string, event = "dialog"): Shot {
  const text = request("PUBLISH", "sip:100@127.0.0.1", 9, { Event: event, Contact: "", "Content-Type": type }, body);
  return { text, status: 400, onStream: 400 };
}

function register(headers: Readonly<Record<string, string>>, status: number): Shot {
  const user = { From: "<sip:watcher@127.0.0.1>;tag=a", To: "<sip:watcher@127.0.0.1>" };
  return { text: request("REGISTER", "sip:127.0.0.1", 9, { ...user, ...headers }), status, onStream: status };
}

const many = (count: number, write: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => write(at)).join("");

/** From a trusted source, so that the message itself is judged. */
const SHOTS: Readonly<Record<string, () => Shot>> = {
  "a header of 9,000 bytes": () => subscribe({ "X-Long": "x".repeat(9000) }, 400),
  "headers of 17,000 bytes": () => subscribe({ "X-A": "x".repeat(8000), "X-B": "x".repeat(8000), "X-C": "x".repeat(1000) }, 513),
  "10,000 headers": () => subscribe({ "X-A": `1\r\n${many(10_000, () => "X:1\r\n")}X-B: 1` }, 400, 513),
  "257 headers": () => subscribe({ "X-A": `1\r\n${many(260, () => "X:1\r\n")}X-B: 1` }, 400),
  "a name with blanks before its colon is that name": () => subscribe({ Event: "", "Event ": "dialog" }, 200),
  "Event twice, once with a blank": () => subscribe({ "Event ": "presence" }, 400),
  "a folded Event": () => subscribe({ Event: "\r\n dialog" }, 200),
  "To twice, once in short": () => subscribe({ t: `<${L1}>;tag=x` }, 400),
  "Expires twice": () => subscribe({ "expires\t": "0" }, 400),
  "a bare line feed": () => subscribe({ "X-A": "1\nEvent: presence" }, 400),
  "a bare carriage return": () => subscribe({ "X-A": "1\rEvent: presence" }, 400),
  "NUL in a header": () => subscribe({ "X-A": "\0" }, 200),
  "NUL in From": () => subscribe({ From: "<sip:a\0@127.0.0.1>;tag=x" }, 400),
  "bytes that are no UTF-8": () => subscribe({ Subject: "\xc3\x28\xff\xfe", From: '"\xc3\x28" <sip:a@127.0.0.1>;tag=x' }, 200),
  "a tag of control characters": () => subscribe({ From: "<sip:a@127.0.0.1>;tag=\x01\x02" }, 200),
  "Content-Length below the body": () => ({ ...subscribe({ "Content-Length": "0" }, 200) }),
  "a negative Content-Length": () => subscribe({ "Content-Length": "-1" }, 400),
  "two Content-Lengths": () => subscribe({ "Content-Length": "0", l: "5" }, 400),
  "a Content-Length without end": () => subscribe({ "Content-Length": "9".repeat(30) }, 400),
  "CSeq 2^32": () => subscribe({ CSeq: "4294967296 SUBSCRIBE" }, 400),
  "CSeq 2^32 - 1": () => subscribe({ CSeq: "4294967295 SUBSCRIBE" }, 200),
  "a negative Expires counts as none": () => subscribe({ Expires: "-1" }, 200),
  "Expires beyond 2^32": () => subscribe({ Expires: "99999999999999999999" }, 200),
  "Expires 1e308": () => subscribe({ Expires: "1e308" }, 200),
  "a multicast contact": () => subscribe({ Contact: "<sip:a@224.0.1.75>" }, 400),
  "a broadcast contact": () => subscribe({ Contact: "<sip:a@255.255.255.255>" }, 400),
  "a contact nowhere": () => subscribe({ Contact: "<sip:a@0.0.0.0>" }, 400),
  "a contact at port 0": () => subscribe({ Contact: "<sip:a@192.0.2.1:0>" }, 400),
  "60 contacts": () => register({ Contact: many(60, (at) => `${at > 0 ? "," : ""}<sip:a@192.0.2.1:${at + 1000}>`) }, 400),
  "a registration of nowhere": () => register({ Contact: "<sip:a@239.1.1.1>" }, 400),
  "1,000 Accept values": () => subscribe({ Accept: many(1000, () => "a/b,") }, 406),
  "80 Vias": () => subscribe({ "X-A": `1\r\n${many(80, () => "Via: SIP/2.0/UDP a\r\n")}X-B: 1` }, 400),
  "30 Record-Routes": () => subscribe({ "Record-Route": many(30, () => "<sip:p;lr>,") }, 400),
  "a Request-URI of 2,000 bytes": () => ({
    text: request("OPTIONS", `sip:${"x".repeat(2000)}@a`, 9),
    status: 414,
    onStream: 414,
  }),
  "elements 10,000 deep": () => XML(many(10_000, () => "<a>")),
  "5,000 elements": () => XML(`<a>${many(5000, () => "<b/>")}</a>`),
  "1,000 attributes": () => XML(`<a ${many(1000, (at) => `b${at}="c" `)}/>`),
  "a DOCTYPE": () => XML('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
  "entities that grow": () => XML(`<!DOCTYPE a [<!ENTITY b "${"c".repeat(1000)}">]><a>${many(100, () => "&b;")}</a>`),
  "JSON 20,000 deep": () => publish("application/json", "[".repeat(20_000), "asterisk-devicestate"),
  "JSON with __proto__": () =>
    publish("application/json", '{"__proto__":{"type":"refresh"},"eid":"52:54:00:ab:cd:ef"}', "asterisk-devicestate"),
  "JSON of 1e308": () =>
    publish(
      "application/json",
      '{"type":"mailboxstate","uniqueid":"a","old":1e308,"new":1e999,"eid":"52:54:00:ab:cd:ef"}',
      "asterisk-mwi",
    ),
  "a body of many parts": () => ({
    ...publish(
      "multipart/mixed;boundary=a",
      many(5000, () => "--a\r\n\r\n"),
    ),
    status: 415,
    onStream: 415,
  }),
  "a SUBSCRIBE with a body 1,000 deep": () => {
    const text = request("SUBSCRIBE", L1, 9, { Event: "dialog", "Content-Type": "application/xml" }, "<a>".repeat(1000));
    return { text, status: 415, onStream: 415 };
  },
};

function statusFor(way: Way, { status, onStream }: Shot): number {
  return way === "udp" ? status : onStream;
}

for (const way of WAYS.filter((one) => one !== "ws"))
  describe(`hostile messages over ${way}: answered as they deserve, and the server lives`, () => {
    let torture: TortureServer;
    before(async () => {
      torture = await TortureServer.start();
    });
    after(async () => {
      await torture.stop();
    });

    for (const [name, make] of Object.entries(SHOTS))
      it(name, async () => {
        const shot = make();
        const status = statusFor(way, shot);
        assert.deepEqual((await torture.answers(way, shot.text, 1)).map(statusOf), [status]);
      });
  });

describe("hostile messages over WebSocket, of a stranger", () => {
  let torture: TortureServer;
  before(async () => {
    torture = await TortureServer.start();
  });
  after(async () => {
    await torture.stop();
  });

  for (const [name, make] of Object.entries(SHOTS))
    it(name, async () => {
      const { text, onStream } = make();
      const [answer = ""] = await torture.answers("ws", text, 1);
      const status = statusOf(answer);
      // Who has shown no password is asked for it before anything is looked at that only its sender may ask.
      assert.ok(status === 401 || status === onStream || status === 400, String(status));
    });
});
