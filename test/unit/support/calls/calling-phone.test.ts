import assert from "node:assert/strict";
import { CallingPhone } from "#test/support/calls/calling-phone";
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
