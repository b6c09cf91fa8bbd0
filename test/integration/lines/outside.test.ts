import assert from "node:assert/strict";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

describe("the outside, with and without a line", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  it("a trunk that is a bare peer has a dial tone of ours: digits are read, then the peer is called for them (R5)", async () => {
    const office = started(await LineOffice.open({ devices: { line1: "SIP/gateway" } }));
    const gateway = await office.phone("gateway", VOICES.caller);
    const alice = await office.phone("station1", VOICES.station1);
    const { call, final } = await alice.call(office.uri("station1_line1"));
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([350, 440]);
    call.sound.press("12565551212");
    const outside = await gateway.rings(10_000);
    assert.match(outside.invite, /^INVITE sip:12565551212@/);
    assert.equal(await office.lamp("station2_line1"), "InUse");
    outside.accept();
    await Promise.all([call.sound.untilHears([VOICES.caller]), outside.sound.untilHears([VOICES.station1])]);
    await call.bye();
    await outside.hungUp();
  });

  it("the peer is busy: busy tone is heard on the line (R5)", async () => {
    const office = started(await LineOffice.open({ devices: { line1: "SIP/gateway" } }));
    const gateway = await office.phone("gateway");
    const alice = await office.phone("station1", VOICES.station1);
    const { call } = await alice.call(office.uri("station1_line1"));
    await call.sound.untilHears([350, 440]);
    call.sound.press("5551212#");
    (await gateway.rings(10_000)).decline();
    await call.sound.untilHears([480, 620]);
    await call.bye();
  });

  it("an emergency number is reached though all lines are taken and the phone is at its limit (B-29)", async () => {
    const office = started(
      await LineOffice.open({
        devices: { line1: "SIP/gateway", line2: "SIP/gateway" },
        accounts: { station1: "call-limit=1" },
        yaml: "settings: { emergency: [911] }\n",
      }),
    );
    const [gateway, alice] = [await office.phone("gateway", VOICES.caller), await office.phone("station1", VOICES.station1)];
    const [bob, carol] = [await office.phone("station2"), await office.phone("station3")];
    for (const [phone, key] of [[bob, "station2_line1"] as const, [carol, "station3_line2"] as const])
      assert.equal(statusOf(await (await phone.call(office.uri(key))).final), 200);
    const first = await alice.call(office.uri("702"));
    await bob.rings();
    assert.equal(statusOf(await (await alice.call(office.uri("703"))).final), 480, "the limit holds for others");
    const help = await alice.call(office.uri("911"));
    const outside = await gateway.rings();
    assert.match(outside.invite, /^INVITE sip:911@/);
    outside.accept();
    assert.equal(statusOf(await help.final), 200);
    await Promise.all([help.call.sound.untilHears([VOICES.caller]), outside.sound.untilHears([VOICES.station1])]);
    await help.call.bye();
    await outside.hungUp();
    await alice.cancel(first.call);
  });
});
