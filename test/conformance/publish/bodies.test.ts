import assert from "node:assert/strict";
import fc from "fast-check";
import { publicationPackages } from "#app/publication-packages";
import type { PublicationPackage } from "#sip/publication/package";
import { toWire } from "#sip/message/wire-text";
import { deviceState, dialogInfo } from "#test/support/publisher";

/* Every package that takes PUBLISH reads bodies of strangers: each is understood whole, or refused with 400; nothing is thrown. */
const PACKAGES = publicationPackages(() => undefined);
const ABOUT = { user: "100", publisher: { type: "trusted", name: "192.0.2.5" } } as const;
const PIDF = `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:100@h"><tuple id="a"><status><basic>open</basic></status></tuple></presence>`;
const MAILBOX = `{"type":"mailboxstate","uniqueid":"1@d","old":0,"new":1,"eid":"1:2:3:4:5:6"}`;
const GOOD: ReadonlyMap<string, string> = new Map([
  ["dialog", dialogInfo("early")],
  ["presence", PIDF],
  ["asterisk-devicestate", deviceState("SIP/a", "INUSE")],
  ["asterisk-mwi", MAILBOX],
]);
const HOSTILE = [
  "",
  "\0",
  "text",
  "<",
  "<a>".repeat(20_000),
  `<x ${Array.from({ length: 5000 }, (_, at) => `a${at}="b"`).join(" ")}/>`,
  `<x>${"<y/>".repeat(10_000)}</x>`,
  `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><dialog-info>&lol2;</dialog-info>`,
  `<!DOCTYPE x SYSTEM "file:///etc/passwd"><presence/>`,
  "<dialog-info><dialog><state>&undefined;</state></dialog></dialog-info>",
  `<dialog-info>${"<dialog id='a'><state>early</state></dialog>".repeat(101)}</dialog-info>`,
  "[".repeat(60_000),
  '{"a":'.repeat(10_000),
  '{"__proto__":{"type":"devicestate"}}',
  '{"type":"devicestate","device":{"toString":1},"state":"INUSE","eid":"1:2:3:4:5:6"}',
  '{"type":"devicestate","device":"SIP/\\ud800","state":"INUSE","eid":"1:2:3:4:5:6"}',
  '{"type":"devicestate","device":"SIP/\\r\\nX: y","state":"INUSE","eid":"1:2:3:4:5:6"}',
  `{"type":"devicestate","device":"SIP/${"a".repeat(252)}","state":"INUSE","eid":"1:2:3:4:5:6"}`,
  '{"type":"devicestate","device":"SIP/a","state":"INUSE"}',
  '{"type":"devicestate","device":"SIP/a","state":"INUSE","cachable":7,"eid":"1:2:3:4:5:6"}',
  '{"type":"mailboxstate","uniqueid":"1@d","old":-1,"new":1e999,"eid":"1:2:3:4:5:6"}',
  '{"type":"unheard","eid":"1:2:3:4:5:6"}',
];

function readBy(one: PublicationPackage, body: string): number {
  const outcome = one.read(body, ABOUT);
  return outcome.ok ? 200 : outcome.error.status;
}

for (const one of PACKAGES) {
  describe(`bodies of ${one.name}`, () => {
    it("are read when they are right, with a byte order mark too", () => {
      const body = GOOD.get(one.name) ?? assert.fail("no example");
      assert.equal(readBy(one, body), 200);
      assert.equal(readBy(one, toWire(`\ufeff${body}`)), 200);
    });

    it("are refused when they are not, in a reason of printable characters", () => {
      for (const body of HOSTILE) {
        const outcome = one.read(toWire(body), ABOUT);
        assert.ok(!outcome.ok, body.slice(0, 60));
        assert.equal(outcome.error.status, 400);
        assert.match(outcome.error.reason ?? "", /^[ -~]{1,100}$/);
      }
    });

    it("of any bytes, and right ones with some changed, throw nothing and become plain JSON", function () {
      this.timeout(60_000);
      const good = GOOD.get(one.name) ?? "";
      const mutated = fc
        .tuple(fc.nat({ max: good.length }), fc.nat({ max: 20 }), fc.string({ unit: "binary", maxLength: 20 }))
        .map(([from, length, text]) => good.slice(0, from) + toWire(text) + good.slice(from + length));
      fc.assert(
        fc.property(fc.oneof(mutated, fc.string({ unit: "binary" }).map(toWire)), (body) => {
          const outcome = one.read(body, ABOUT);
          if (outcome.ok) assert.deepEqual(JSON.parse(JSON.stringify(outcome.value.state)), outcome.value.state);
          else assert.equal(outcome.error.status, 400);
        }),
        { numRuns: 3000 },
      );
    });
  });
}
