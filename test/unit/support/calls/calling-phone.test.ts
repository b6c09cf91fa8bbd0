import assert from "node:assert/strict";
import { CallingPhone } from "#test/support/calls/calling-phone";
import { freePort } from "#test/support/free-port";
import { statusOf } from "#test/support/wire";
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

describe("G.711 of the test phones", () => {
  for (const codec of ["PCMU", "PCMA"] as const)
    it(`${codec}: each byte comes back as it was`, () => {
      for (let byte = 0; byte < 256; byte += 1) {
        const sample = decodeByte(codec, byte);
        assert.ok(decodeByte(codec, encodeSample(codec, sample)) === sample, `byte ${byte}`);
      }
    });
});
