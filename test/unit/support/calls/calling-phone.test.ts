import assert from "node:assert/strict";
import { CallingPhone, soundIn } from "#test/support/calls/calling-phone";
import { freePort } from "#test/support/free-port";
import { answerTo, headerIn, request, statusOf, udpWire, type Wire } from "#test/support/wire";
import { decodeByte, encodeSample } from "#test/support/calls/g711";

const [LOW, HIGH] = [440, 1000];

describe("CallingPhone", () => {
  const phones: CallingPhone[] = [];
  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.stop();
  });

  /** One phone calls the other without a server between them. */
  async function pair(): Promise<[CallingPhone, CallingPhone]> {
    const called = await CallingPhone.open({
      user: "bob",
      password: "",
      port: await freePort(),
      voice: HIGH,
      taste: { codecs: ["PCMA"] },
    });
    phones.push(called);
    const calling = await CallingPhone.open({ user: "alice", password: "", port: called.localPort, voice: LOW });
    phones.push(calling);
    called.talkTo(calling.localPort);
    return [calling, called];
  }

  it("talks both ways, holds, sends digits and hangs up", async () => {
    const [alice, bob] = await pair();
    const { call, final } = await alice.call(`sip:bob@127.0.0.1:${bob.localPort}`);
    const rung = await bob.rings();
    rung.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([HIGH]);
    await rung.sound.untilHears([LOW]);
    assert.equal(call.sound.hears(LOW), false);
    call.sound.press("12#");
    await rung.sound.untilDigits("12#");
    assert.equal(statusOf(await call.hold()), 200);
    await call.sound.untilSilent();
    assert.equal(statusOf(await call.resume()), 200);
    await call.sound.untilHears([HIGH]);
    assert.equal(statusOf(await rung.bye()), 200);
    await call.hungUp();
  });

  it("holds in every way, presses a key by INFO, transfers with and without a call of its own", async () => {
    const [alice, bob] = await pair();
    const { call, final } = await alice.call(`sip:bob@127.0.0.1:${bob.localPort}`);
    const rung = await bob.rings();
    rung.accept();
    await final;
    await call.sound.untilHears([HIGH]);
    assert.equal(statusOf(await call.hold("0.0.0.0")), 200);
    const asked = rung.requests.findLast((text) => text.startsWith("INVITE ")) ?? "";
    assert.match(asked, /c=IN IP4 0\.0\.0\.0\r\n/);
    assert.doesNotMatch(asked, /a=send/);
    await call.sound.untilSilent();
    await call.resume();
    await call.sound.untilHears([HIGH]);
    assert.equal(statusOf(await call.update("inactive")), 200);
    await rung.sound.untilSilent();
    assert.equal(statusOf(await call.info("#")), 200);
    assert.match(rung.requests.at(-1) ?? "", /^INFO [^]*\r\nSignal=#\r\n/);
    assert.equal(statusOf(await call.refer("sip:carol@127.0.0.1", call)), 200);
    const [, encoded = ""] = /^Refer-To: <sip:carol@127\.0\.0\.1\?Replaces=([^>]+)>/m.exec(rung.requests.at(-1) ?? "") ?? [];
    assert.equal(decodeURIComponent(encoded), call.replaces);
    assert.match(call.replaces, new RegExp(`^${call.callId};to-tag=b\\d+;from-tag=a\\d+$`));
  });

  it("gives its answer in the ACK when the offer comes late", async () => {
    const [alice, bob] = await pair();
    const { call, final } = await alice.call(`sip:bob@127.0.0.1:${bob.localPort}`, { isDelayed: true });
    const rung = await bob.rings();
    assert.equal(rung.asked.sound, undefined);
    rung.accept();
    assert.deepEqual(soundIn(await final)?.codecs, ["PCMA"]);
    await call.sound.untilHears([HIGH]);
    await rung.sound.untilHears([LOW]);
  });

  it("is refused", async () => {
    const [alice, bob] = await pair();
    const { final } = await alice.call(`sip:bob@127.0.0.1:${bob.localPort}`);
    (await bob.rings()).decline();
    assert.equal(statusOf(await final), 486);
  });

  it("takes a call back with a reason", async () => {
    const [alice, bob] = await pair();
    const { call, final } = await alice.call(`sip:bob@127.0.0.1:${bob.localPort}`);
    const rung = await bob.rings();
    assert.equal(statusOf(await alice.cancel(call, "SIP;cause=200")), 200);
    assert.equal(await rung.cancelledWith(), "SIP;cause=200");
    assert.equal(statusOf(await final), 487);
  });
});

describe("SipLine", () => {
  const wires: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const wire of wires.splice(0)) await wire.close();
  });

  async function phoneAndWire(rings: "180" | "silent" = "180"): Promise<[CallingPhone, Wire]> {
    const phone = await CallingPhone.open({ user: "bob", password: "pw", port: 1, rings });
    const wire = await udpWire(phone.localPort);
    phone.talkTo(wire.localPort);
    wires.push({ close: () => phone.stop() }, wire);
    return [phone, wire];
  }

  it("gives a repeated request the same answer again and lets it ring once", async () => {
    const [phone, wire] = await phoneAndWire();
    const invite = request("INVITE", "sip:bob@127.0.0.1", wire.localPort);
    wire.send(invite);
    const ringing = await wire.next();
    wire.send(invite);
    assert.equal(await wire.next(), ringing);
    (await phone.rings()).decline();
    const refusal = await wire.next();
    wire.send(invite);
    assert.equal(await wire.next(), refusal);
    await assert.rejects(phone.rings(50), /not called/);
  });

  it("acknowledges a repeated 2xx with the same ACK", async () => {
    const [phone, wire] = await phoneAndWire();
    const { final } = await phone.call("sip:alice@127.0.0.1");
    const ok = answerTo(await wire.next(), "200 OK", [`Contact: <sip:alice@127.0.0.1:${wire.localPort}>`]);
    wire.send(ok);
    await final;
    const ack = await wire.next();
    assert.match(ack, /^ACK /);
    wire.send(ok);
    assert.equal(await wire.next(), ack);
  });

  it("says nothing when it is silent", async () => {
    const [phone, wire] = await phoneAndWire("silent");
    wire.send(request("INVITE", "sip:bob@127.0.0.1", wire.localPort));
    const call = await phone.rings();
    call.ring();
    assert.equal(statusOf(await wire.next()), 180);
    await assert.rejects(wire.next(() => true, 50));
  });

  it("acknowledges an answer that asks for it", async () => {
    const [phone, wire] = await phoneAndWire();
    await phone.call("sip:alice@127.0.0.1", { headers: { Supported: "100rel" } });
    const invite = await wire.next();
    const ringing = answerTo(invite, "180 Ringing", ["Require: 100rel", "RSeq: 7", "Contact: <sip:alice@127.0.0.1>"]);
    wire.send(ringing);
    const prack = await wire.next();
    assert.match(prack, /^PRACK /);
    assert.equal(headerIn(prack, "RAck"), "7 1 INVITE");
    assert.equal(headerIn(prack, "CSeq"), "2 PRACK");
    wire.send(ringing);
    await assert.rejects(wire.next(() => true, 50));
  });

  it("shows what it was told of a key", async () => {
    const [phone, wire] = await phoneAndWire();
    const watching = phone.subscribe("line_1");
    const subscribe = await wire.next();
    assert.equal(headerIn(subscribe, "Event"), "dialog");
    wire.send(answerTo(subscribe));
    const told = (version: number, dialogs: string, state = "full"): void => {
      const body = `<dialog-info version="${version}" state="${state}" entity="sip:line_1@127.0.0.1">${dialogs}</dialog-info>`;
      const callId = headerIn(subscribe, "Call-ID") ?? "";
      wire.send(request("NOTIFY", "sip:bob@127.0.0.1", wire.localPort, { "Call-ID": callId, Event: "dialog" }, body));
    };
    told(0, "");
    await watching;
    assert.equal(phone.lamp("line_1").state, "terminated");
    const name = 'display="A &amp; B"';
    told(
      1,
      `<dialog id="a" direction="recipient"><state>early</state><remote><identity ${name}>sip:7@x</identity></remote></dialog>`,
    );
    const ringing = await phone.shows("line_1", { state: "early" });
    assert.deepEqual(ringing, { state: "early", held: false, direction: "recipient", party: { uri: "sip:7@x", name: "A & B" } });
    const hold = '<local><target uri="sip:x"><param pname="+sip.rendering" pval="no"/></target></local>';
    told(2, `<dialog id="a"><state>confirmed</state>${hold}</dialog>`);
    await phone.shows("line_1", { state: "confirmed", held: true });
    told(3, '<dialog id="b"><state>confirmed</state></dialog>', "partial");
    await phone.shows("line_1", { state: "confirmed", held: false });
    assert.equal(phone.dialogs("line_1").length, 2);
    await assert.rejects(phone.shows("line_1", { state: "early" }, 20), /and not/);
  });

  it("meets the challenge of an INVITE and counts on from there", async () => {
    const [phone, wire] = await phoneAndWire();
    const { call, final } = await phone.call("sip:alice@127.0.0.1");
    const asked = await wire.next();
    wire.send(
      answerTo(asked, "407 Proxy Authentication Required", ['Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"']),
    );
    assert.match(await wire.next(), /^ACK /);
    const again = await wire.next();
    assert.equal(headerIn(again, "CSeq"), "2 INVITE");
    assert.match(headerIn(again, "Proxy-Authorization") ?? "", /username="bob"/);
    wire.send(answerTo(again, "200 OK", [`Contact: <sip:alice@127.0.0.1:${wire.localPort}>`]));
    await final;
    await wire.next();
    const bye = call.bye();
    const last = await wire.next();
    assert.equal(headerIn(last, "CSeq"), "3 BYE");
    wire.send(answerTo(last));
    await bye;
  });
});

describe("G.711 of the test phones", () => {
  for (const codec of ["PCMU", "PCMA"] as const)
    it(`${codec}: each byte comes back as it was`, () => {
      for (let byte = 0; byte < 256; byte += 1) {
        const sample = decodeByte(codec, byte);
        assert.ok(decodeByte(codec, encodeSample(codec, sample)) === sample, `byte ${byte}`);
      }
    });
});
