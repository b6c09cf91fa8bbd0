import assert from "node:assert/strict";
import { eventually } from "#test/support/eventually";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

describe("story: shared lines with real calls", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  it("one phone calls another: it rings, both hear each other, and it ends", async () => {
    const office = started(await LineOffice.open());
    const alice = await office.phone("station1", VOICES.station1);
    const bob = await office.phone("station2", VOICES.station2);
    const { call, final } = await alice.call(office.uri("702"));
    const ringing = await bob.rings();
    // Where nobody named us, everybody is told the address that he reaches us at.
    assert.match(ringing.asked.from, /<sip:701@127\.0\.0\.1>/);
    assert.equal(await office.lamp("station2"), "Ringing");
    ringing.accept();
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([VOICES.station2]), ringing.sound.untilHears([VOICES.station1])]);
    assert.equal(await office.lamp("station1"), "InUse");
    await call.bye();
    await ringing.hungUp();
    await eventually(async () => {
      assert.deepEqual([await office.lamp("station1"), await office.lamp("station2")], ["Idle", "Idle"]);
    }, 5000);
  });

  it("a call comes in: all stations ring, one answers, the others stop, both talk (sla.md #25, #26)", async () => {
    const office = started(await LineOffice.open());
    const gateway = await office.phone("gateway", VOICES.caller);
    const phones = await Promise.all([
      office.phone("station1", VOICES.station1),
      office.phone("station2", VOICES.station2),
      office.phone("station3", VOICES.station3),
    ]);
    const { call, final } = await gateway.call(office.uri("line1"));
    const rings = await Promise.all(phones.map((phone) => phone.rings()));
    assert.deepEqual([await office.lamp("station1_line1"), await office.lamp("station1_line2")], ["Ringing", "Idle"]);
    rings[2]?.accept();
    assert.equal(statusOf(await final), 200);
    for (const loser of rings.slice(0, 2)) assert.match(await loser.cancelledWith(), /SIP ?; ?cause=200/);
    await Promise.all([call.sound.untilHears([VOICES.station3]), rings[2]?.sound.untilHears([VOICES.caller])]);
    assert.equal(await office.lamp("station1_line1"), "InUse");
    await call.bye();
    await rings[2]?.hungUp();
    await eventually(async () => {
      assert.equal(await office.lamp("station1_line1"), "Idle");
    }, 5000);
  });

  it("off hook: dial tone, digits, the gateway is called, both talk (sla.md #15, #18)", async () => {
    const office = started(await LineOffice.open());
    const gateway = await office.phone("gateway", VOICES.caller);
    const alice = await office.phone("station1", VOICES.station1);
    const { call, final } = await alice.call(office.uri("station1"));
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([350, 440]);
    assert.equal(await office.lamp("station2_line1"), "InUse");
    call.sound.press("12565551212");
    const out = await gateway.rings(10_000);
    assert.match(out.invite, /^INVITE sip:12565551212@/);
    await call.sound.untilHears([440, 480]);
    out.accept();
    await Promise.all([call.sound.untilHears([VOICES.caller]), out.sound.untilHears([VOICES.station1])]);
    await out.bye();
    await call.hungUp();
    await eventually(async () => {
      assert.equal(await office.lamp("station2_line1"), "Idle");
    }, 5000);
  });
});
