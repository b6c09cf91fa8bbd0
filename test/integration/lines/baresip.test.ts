import assert from "node:assert/strict";
import { BaresipPhone } from "#test/support/calls/baresip-phone";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { eventually } from "#test/support/eventually";
import { needsProgram } from "#test/support/foreign-program";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** A softphone that nobody here wrote, on a shared line: its sound is heard, and it hears. */
describe("baresip on a shared line", function () {
  this.timeout(60_000);
  const started = stopAfterEach();
  let office: LineOffice;
  let gateway: CallingPhone;
  let bob: CallingPhone;
  let phone: BaresipPhone;

  beforeEach(async function () {
    needsProgram(this, "baresip", "baresip-core");
    office = started(await LineOffice.open());
    gateway = await office.phone("gateway", VOICES.caller);
    bob = await office.phone("station2", VOICES.station2);
    phone = started(await BaresipPhone.start("station1", office.server.sipPort, VOICES.station1));
  });

  it("answers a call of the line, is heard and hears; another joins; it hangs up (#26, #39)", async () => {
    const { call, final } = await gateway.call(office.uri("line1"));
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([VOICES.station1]), phone.untilHears(VOICES.caller)]);
    const joined = await bob.call(office.uri("station2_line1"));
    assert.equal(statusOf(await joined.final), 200);
    await Promise.all([
      call.sound.untilHears([VOICES.station1, VOICES.station2]),
      joined.call.sound.untilHears([VOICES.caller, VOICES.station1]),
      phone.untilHears(VOICES.station2),
    ]);
    await phone.command("hangup");
    await eventually(() => {
      assert.equal(call.sound.hears(VOICES.station1), false);
    });
    await joined.call.bye();
    await call.hungUp();
    await office.idle();
  });

  it("holds: the lamps say so, the caller hears music and not it; it is back, or another takes the call (#41, #42)", async () => {
    const { call, final } = await gateway.call(office.uri("line1"));
    assert.equal(statusOf(await final), 200);
    const hold = async (): Promise<void> => {
      await call.sound.untilHears([VOICES.station1]);
      await phone.command("hold");
      await office.shows("station2_line1", "Hold");
      await eventually(() => {
        assert.equal(call.sound.hears(VOICES.station1), false);
        assert.equal(call.sound.isSilent, false, "music");
      });
    };
    await hold();
    await phone.command("resume");
    await office.shows("station2_line1", "InUse");
    await hold();
    const taken = await bob.call(office.uri("station2_line1"));
    assert.equal(statusOf(await taken.final), 200);
    await Promise.all([call.sound.untilHears([VOICES.station2]), taken.call.sound.untilHears([VOICES.caller])]);
    await call.bye();
    await taken.call.hungUp();
    await office.idle();
  });

  it("presses a key: dial tone, and the line is taken (#15)", async () => {
    await phone.command("dial", office.uri("station1_line1"));
    await office.shows("station2_line1", "InUse");
    await Promise.all([phone.untilHears(350), phone.untilHears(440)]);
    await phone.command("hangup");
    await office.idle();
  });

  it("calls another phone: both hear each other, straight or not", async () => {
    await phone.command("dial", office.uri("702"));
    const ring = await bob.rings();
    ring.accept();
    await Promise.all([ring.sound.untilHears([VOICES.station1]), phone.untilHears(VOICES.station2)]);
    await ring.bye();
    await office.idle();
  });
});
