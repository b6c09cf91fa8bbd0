import assert from "node:assert/strict";
import { systemRandom } from "#base/system-random";
import { DigestClient } from "#sip/auth/digest-client";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { stopAfterAll } from "#test/support/stop-after-each";
import { answerTo, challengesIn, headerIn, request, statusOf, tcpWire, type Wire } from "#test/support/wire";
import { LineOffice } from "./line-office.ts";

const USER = "station3";
const CONTACT = `<sip:${USER}@192.0.2.77:5060;transport=tcp>`;
const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
/** The way back is looked for so long before the call is given up. */
const GONE_MS = 200;

/*
 *   station3 (TCP)            server            station2
 *     |--- INVITE, 200, ACK --->|--- INVITE, 200 -->|
 *     X connection 1 is lost    |                   |
 *     |--- REGISTER (2) ------->|                   |
 *     |                         |<------------ BYE -|
 *     |<--- BYE on connection 2 |                   |
 */
describe("a call whose phone lost its connection", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  const digest = new DigestClient({ user: USER, password: `${USER}-secret` }, systemRandom);
  let office: LineOffice;
  let bob: CallingPhone;

  before(async () => {
    office = started(await LineOffice.open({ accounts: { station3: "directmedia=no" } }));
    bob = await office.phone("station2");
  });

  const connect = async (): Promise<Wire> => started(await tcpWire(office.server.sipPort));

  function sent(wire: Wire, method: string, uri: string, headers: Readonly<Record<string, string>>, body = ""): void {
    const text = request(method, uri, wire.localPort, { ...headers, Contact: CONTACT }, body);
    wire.send(text.replace("/UDP", "/TCP"));
  }

  const final = (wire: Wire): Promise<string> => wire.next((answer) => statusOf(answer) >= 200);

  async function ask(
    wire: Wire,
    method: string,
    uri: string,
    headers: Readonly<Record<string, string>>,
    body = "",
  ): Promise<void> {
    sent(wire, method, uri, headers, body);
    assert.ok(digest.accept(challengesIn(await final(wire)), false));
    sent(wire, method, uri, { ...headers, Authorization: digest.answer(method, uri) ?? "" }, body);
  }

  it("goes on over the next one as soon as it has registered: the hang-up of the other arrives there", async () => {
    const first = await connect();
    const uri = office.uri("702");
    const same = { From: `<sip:${USER}@127.0.0.1>;tag=a`, To: `<${uri}>`, "Call-ID": "call-over-tcp" };
    await ask(first, "INVITE", uri, { ...same, "Content-Type": "application/sdp" }, SDP);
    const ring = await bob.rings();
    ring.accept();
    const answer = await final(first);
    assert.equal(statusOf(answer), 200, answer);
    const dialog = { ...same, To: headerIn(answer, "To") ?? "", CSeq: "1 ACK" };
    sent(first, "ACK", uri, dialog);
    await first.close();
    await new Promise((resolve) => setTimeout(resolve, GONE_MS));

    const second = await connect();
    await ask(second, "REGISTER", "sip:127.0.0.1", { To: `<sip:${USER}@127.0.0.1>`, Expires: "600" });
    assert.equal(statusOf(await final(second)), 200);
    await ring.bye();
    const bye = await second.next((message) => message.startsWith("BYE "));
    assert.equal(headerIn(bye, "Call-ID"), "call-over-tcp");
    second.send(answerTo(bye));
  });
});
