import assert from "node:assert/strict";
import { headersOf, type SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { parseUri } from "#sip/message/uri";
import { headerIn, statusOf } from "#test/support/wire";
import { TortureServer, WAYS } from "../torture-server.ts";
import { IPV6 } from "./messages.ts";

type Name = keyof typeof IPV6;

/** What a server of example.com answers: it knows nobody at 2001:db8::10, no extension of theirs and no dialog of their BYEs. */
const VERDICTS: Readonly<Record<Name, readonly [trusted: number, stranger: number]>> = {
  "4.1 reference": [404, 401],
  "4.2 without brackets": [400, 400],
  "4.3 ambiguous port": [404, 401],
  "4.4 unambiguous port": [404, 401],
  "4.5 brackets in received": [481, 481],
  "4.5 no brackets in received": [481, 481],
  "4.6 addresses in SDP": [404, 401],
  "4.7 both families in headers": [481, 481],
  "4.8 both families in SDP": [404, 401],
  "4.9 mapped IPv4 addresses": [404, 401],
  // The old grammar made it, so it is let pass: the host is not looked at.
  "4.10 three colons of the old grammar": [200, 200],
};

function requestOf(name: Name): SipRequest {
  const parsed = parseMessage(IPV6[name]);
  return parsed.ok && parsed.value.kind === "request" ? parsed.value : assert.fail(name);
}

for (const way of WAYS)
  describe(`RFC 5118: a running server over ${way}`, () => {
    let torture: TortureServer;
    before(async () => {
      torture = await TortureServer.start();
    });
    after(async () => {
      await torture.stop();
    });

    for (const [name, [trusted, stranger]] of Object.entries(VERDICTS)) {
      const status = way === "ws" ? stranger : trusted;
      it(`${name} → ${status}`, async () => {
        const [answer = "", ...more] = await torture.answers(way, IPV6[name as Name], 1);
        assert.deepEqual([statusOf(answer), more], [status, []]);
        // What the peer wrote as received is not believed.
        assert.match(headerIn(answer, "Via") ?? "", /;received=127\.0\.0\.1$/);
      });
    }
  });

describe("RFC 5118: what is read in the messages", () => {
  it("tells an address from its port", () => {
    const read = (name: Name): unknown => {
      const uri = parseUri(requestOf(name).uri);
      return uri.ok ? [uri.value.host, uri.value.port] : uri.error;
    };
    assert.deepEqual(read("4.1 reference"), ["2001:db8::10", undefined]);
    assert.deepEqual(read("4.2 without brackets"), "Bad host in URI");
    assert.deepEqual(read("4.3 ambiguous port"), ["2001:db8::10:5070", undefined]);
    assert.deepEqual(read("4.4 unambiguous port"), ["2001:db8::10", 5070]);
  });

  it("reads Vias of both families", () => {
    assert.deepEqual(
      [requestOf("4.7 both families in headers").via.host, requestOf("4.7 both families in headers").via.port],
      ["2001:db8::9:1", 6050],
    );
    assert.equal(headersOf(requestOf("4.7 both families in headers"), "via").length, 3);
    assert.equal(requestOf("4.5 brackets in received").via.branch, "z9hG4bKas3-111");
  });
});
