import fc from "fast-check";

const BODIES = [
  "",
  "<",
  '<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:1001@pbx.example"><dialog id="a"><state>early</state></dialog></dialog-info>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  "<a>".repeat(500),
  `<a ${Array.from({ length: 200 }, (_, at) => `b${at}="c"`).join(" ")}/>`,
  '{"type":"devicestate","device":"PJSIP/1","state":"INUSE","cachable":1,"eid":"52:54:00:ab:cd:ef"}',
  '{"__proto__":{"type":"devicestate"},"type":"refresh","eid":1e308}',
  "[".repeat(3000),
  "\0\xff\xfe",
];

/** Values that headers may have, right ones and all kinds of wrong ones. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Via: [
    "SIP/2.0/UDP 192.0.2.253;branch=z9hG4bK$",
    "SIP/2.0/UDP 192.0.2.253;branch=z9hG4bK$;rport",
    "SIP/2.0/UDP 192.0.2.66:5060;maddr=192.0.2.66;received=192.0.2.66;branch=z9hG4bK$",
    "SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK$;rport=1",
    "SIP / 2.0 / TCP a ; branch = z9hG4bK$, SIP/2.0/UDP b",
    "SIP/2.0/UDP a",
    "SIP/2.0/UDP a;branch=",
    'SIP/2.0/UDP a;x="',
    "SIP/7.0/UDP a",
    "",
  ],
  From: [
    "<sip:5001@pbx.example>;tag=a",
    '"x" <sip:5001@pbx.example>',
    "sip:5001@pbx.example;tag=\x01",
    "<sip:5001@pbx.example>;tag=",
    "<tel:1>",
    '"<sip:a@b>',
  ],
  To: [
    "<sip:1001@pbx.example>",
    "<sip:1001@pbx.example>;tag=b",
    "sip:%00@pbx.example",
    "<sip:1001@pbx.example",
    "<sips:x@pbx.example>;tag=\xff",
  ],
  "Call-ID": ["c$", "c$@\0", "", "x".repeat(300)],
  CSeq: ["1 @", "4294967295 @", "4294967296 @", "-1 @", "1e3 @", "1", "1 OPTIONS"],
  Contact: [
    "<sip:5001@192.0.2.253:5060>",
    "<sip:5001@192.0.2.253:5060>;expires=0",
    "*",
    "<sip:a@224.0.0.1>",
    "<sip:a@255.255.255.255>",
    "<sip:a@0.0.0.0>",
    "<sip:a@[::]:0>",
    "<sip:a@192.0.2.100:5060>",
    "<sip:a@192.0.2.2>;expires=-1, <sip:b@192.0.2.2>;expires=99999999999999999999",
    '<sip:a@b;x=%00>;q=1e308;reg-id=0;+sip.instance="<"',
    "<",
  ],
  Expires: ["600", "0", "1", "-1", "4294967296", "1e9", "99999999999999999999999", ""],
  Event: ["dialog", "presence", "dialog;id=7", "dialog;sla", "asterisk-devicestate", "", "dialog;id=\x7f", "x".repeat(100)],
  Accept: ["application/dialog-info+xml", "*/*", "x/y", Array.from({ length: 100 }, () => "a/b").join(",")],
  "Content-Type": [
    "application/dialog-info+xml",
    "application/pidf+xml",
    "application/json",
    "multipart/mixed;boundary=",
    "\xff",
  ],
  "Max-Forwards": ["70", "0", "256", "x"],
  Require: ["outbound", "timer, \xff", "a,,b"],
  "SIP-If-Match": ["x", "\xff", ""],
  Authorization: [
    'Digest username="5001", realm="fire", nonce="", uri="sip:pbx.example", response=""',
    "Digest",
    'Digest realm="fire',
  ],
  "Record-Route": ["<sip:p;lr>", Array.from({ length: 30 }, () => "<sip:p>").join(","), "<"],
  Path: ["<sip:p;lr>", "<"],
  Replaces: ["a;to-tag=b;from-tag=c"],
  "User-Agent": ["Polycom", "friendly-scanner"],
};

const NEEDED = ["Via", "From", "To", "Call-ID", "CSeq"];
const METHODS = [
  "REGISTER",
  "SUBSCRIBE",
  "PUBLISH",
  "OPTIONS",
  "INVITE",
  "CANCEL",
  "ACK",
  "NOTIFY",
  "BYE",
  "__proto__",
  "constructor",
  "x\x7f",
];
const URIS = [
  "sip:1001@pbx.example",
  "sip:pbx.example",
  "sip:1001@elsewhere",
  "sips:1001@[::1]",
  "tel:1",
  "sip:%00@pbx.example;x=1?a=b",
  "<sip:a>",
  "*",
];

/** Mostly the first, which is right; else any. */
const one = (values: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(values[0] ?? "") }, { weight: 1, arbitrary: fc.constantFrom(...values) });

const headerTexts = Object.entries(VALUES).map(([name, values]) =>
  fc
    .tuple(one(values), fc.nat({ max: 99 }))
    .map(([value, chance]) => ({ name, value, isThere: chance < (NEEDED.includes(name) ? 97 : 45) })),
);

/** Requests and answers that know the grammar and bend it in some places. `serial` makes each a transaction of its own. */
export const hostileTexts: fc.Arbitrary<(serial: number) => string> = fc
  .record({
    method: fc.constantFrom(...METHODS),
    uri: one(URIS),
    headers: fc.tuple(...headerTexts),
    body: fc.constantFrom(...BODIES),
    twice: fc.option(fc.nat({ max: headerTexts.length - 1 }), { freq: 10 }),
    length: fc.constantFrom("", "", "", "0", "-1", "99999", "1e3", "5, 6"),
    isAnswer: fc.nat({ max: 9 }).map((number) => number === 0),
  })
  .map(({ method, uri, headers, body, twice, length, isAnswer }) => (serial) => {
    const chosen = headers.filter(({ isThere }) => isThere);
    const again = twice === null ? [] : headers.slice(twice, twice + 1);
    const lines = [...chosen, ...again].map(
      ({ name, value }) => `${name}: ${value.replace("$", String(serial)).replace("@", name === "CSeq" ? method : "@")}\r\n`,
    );
    const start = isAnswer ? "SIP/2.0 200 OK" : `${method} ${uri} SIP/2.0`;
    return `${start}\r\n${lines.join("")}Content-Length: ${length === "" ? body.length : length}\r\n\r\n${body}`;
  });

/** One wound at a place: bytes are cut, doubled, flipped, or put there. */
export const woundTexts: fc.Arbitrary<(text: string) => string> = fc
  .record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    length: fc.nat({ max: 40 }),
    kind: fc.constantFrom("cut", "double", "flip", "put", "end"),
    bytes: fc.oneof(
      fc.constantFrom("\r\n", "\r", "\n", "\0", "\r\n ", ";", ",", "<", '"', "\\", "\xff", "\r\n\r\n"),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    ),
  })
  .map(({ at, length, kind, bytes }) => (text) => {
    const start = Math.floor(at * text.length);
    const [before, inside, after] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
    if (kind === "cut") return before + after;
    if (kind === "double") return before + inside + inside + after;
    if (kind === "put") return before + bytes + inside + after;
    if (kind === "end") return before;
    return (
      before + Array.from(inside, (letter) => String.fromCharCode(letter.charCodeAt(0) ^ (1 << (length % 8)))).join("") + after
    );
  });
