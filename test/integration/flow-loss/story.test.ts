import assert from "node:assert/strict";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import { ServerUnderTest } from "#test/support/server";
import { stopAfterAll } from "#test/support/stop-after-each";
import { challengesIn, headerIn, request, statusOf, tcpWire, type Wire } from "#test/support/wire";

/*
 *   phone                      server
 *     | SUBSCRIBE (connection 1)  |
 *     |-------------------------->|
 *     X connection 1 is lost      |
 *     |                           |  the line rings: nowhere to say it
 *     | REGISTER (connection 2)   |
 *     |-------------------------->|
 *     |<----------- NOTIFY "early" on connection 2, in the old dialog
 */
const KEY = "L1-0000FFFF0005_T1";
const CONTACT = "<sip:watcher@192.0.2.77:5060;transport=tcp>";

describe("a phone that lost its connection", () => {
  let server: ServerUnderTest;
  const started = stopAfterAll();
  const digest = new DigestClient({ user: "watcher", password: "watch-secret" }, systemRandom);

  before(async () => {
    server = started(await ServerUnderTest.start({ site: "test/fixtures/sites/alternate" }));
  });

  const connect = async (): Promise<Wire> => started(await tcpWire(server.sipPort));

  /** Asks twice: first without, then with the answer to the challenge. */
  const ask = async (wire: Wire, method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<string> => {
    const send = async (authorization: string): Promise<string> => {
      const text = request(method, uri, wire.localPort, { ...headers, Contact: CONTACT, Authorization: authorization });
      wire.send(text.replace("/UDP", "/TCP"));
      return wire.next((answer) => answer.startsWith("SIP/2.0"));
    };
    assert.ok(digest.accept(challengesIn(await send("")), false));
    const answer = await send(digest.answer(method, uri) ?? "");
    assert.equal(statusOf(answer), 200);
    return answer;
  };

  it("is told over the next one as soon as it has registered (T-20, S-57)", async () => {
    const first = await connect();
    await ask(first, "SUBSCRIBE", `sip:${KEY}@127.0.0.1`, { Event: "dialog", Expires: "600" });
    const idle = await first.next((message) => message.includes("NOTIFY sip:"));
    assert.match(idle, />terminated</);
    await first.close();
    await server.api("PUT", `devices/SLA:${KEY}`, { state: "RINGING" });

    const second = await connect();
    await ask(second, "REGISTER", "sip:127.0.0.1", { To: "<sip:watcher@127.0.0.1>", Expires: "600" });
    const ringing = await second.next((message) => message.includes("NOTIFY sip:"));
    assert.match(ringing, />early</);
    assert.equal(headerIn(ringing, "Call-ID"), headerIn(idle, "Call-ID"));
    assert.ok(Number.parseInt(headerIn(ringing, "CSeq") ?? "0", 10) > Number.parseInt(headerIn(idle, "CSeq") ?? "0", 10));
  });
});
