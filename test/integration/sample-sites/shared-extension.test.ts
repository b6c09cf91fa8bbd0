import assert from "node:assert/strict";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { DIAL_TONE, OUTSIDE, SampleOffice, VOICES } from "./sample-office.ts";

const [MANAGER, ASSISTANT, WORKSHOP] = ["0004f2000011", "0004f2000012", "0004f2000013"];
const [KEY1, KEY2] = ["5001-phone1_5001", "5001-phone2_5001"];

describe("sample site shared-extension: one number on two phones", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  it("two phones have the key; 5001 rings both; one answers, the other joins; one holds and the other goes on; it is taken back (sla.md #57)", async () => {
    const office = started(await SampleOffice.open("shared-extension"));
    assert.deepEqual(await Promise.all([MANAGER, ASSISTANT, WORKSHOP].map((mac) => office.keysOf(mac))), [[KEY1], [KEY2], []]);
    const manager = await office.phone(MANAGER, VOICES[0]);
    const assistant = await office.phone(ASSISTANT, VOICES[1]);
    const workshop = await office.phone(WORKSHOP, OUTSIDE);
    const { call, final } = await workshop.call(office.uri("5001"));
    const [, ring] = await Promise.all([manager.rings(), assistant.rings()]);
    await manager.shows(KEY1, { state: "early" });
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([VOICES[1]]);
    const joined = await office.dial(manager, KEY1);
    await call.sound.untilHears([VOICES[0], VOICES[1]]);
    await ring.hold();
    await assistant.shows(KEY2, { state: "confirmed", held: true });
    assert.equal(manager.lamp(KEY1).held, false);
    await joined.hold();
    await manager.shows(KEY1, { state: "confirmed", held: true });
    const back = await office.dial(assistant, KEY2);
    await Promise.all([call.sound.untilHears([VOICES[1]]), back.sound.untilHears([OUTSIDE])]);
    await manager.shows(KEY1, { state: "confirmed", held: false });
    await back.bye();
    await call.hungUp();
    await manager.shows(KEY1, { state: "terminated" });
  });

  it("the key gives dial tone and calls the office; meanwhile 5001 is busy", async () => {
    const office = started(await SampleOffice.open("shared-extension"));
    const manager = await office.phone(MANAGER, VOICES[0]);
    const assistant = await office.phone(ASSISTANT);
    const workshop = await office.phone(WORKSHOP, OUTSIDE);
    const taken = await office.dial(manager, KEY1);
    await taken.sound.untilHears(DIAL_TONE);
    await assistant.shows(KEY2, { state: "confirmed" });
    taken.sound.press("5100");
    const ring = await workshop.rings(10_000);
    ring.accept();
    await Promise.all([taken.sound.untilHears([OUTSIDE]), ring.sound.untilHears([VOICES[0]])]);
    assert.equal(await office.refusal(workshop, "5001"), 486);
    await ring.bye();
    await taken.hungUp();
    await assistant.shows(KEY2, { state: "terminated" });
  });
});
