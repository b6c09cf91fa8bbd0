import assert from "node:assert/strict";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** Not rung within this: it is not rung. */
const NOT_RUNG_MS = 1500;

describe("which phones ring, and how it ends (sla.md §8, 25 to 38)", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  async function open(options: Parameters<typeof LineOffice.open>[0]): Promise<[LineOffice, CallingPhone, ...CallingPhone[]]> {
    const office = started(await LineOffice.open(options));
    const gateway = await office.phone("gateway", VOICES.caller);
    const phones = [];
    for (const name of ["station1", "station2", "station3"] as const) phones.push(await office.phone(name, VOICES[name]));
    return [office, gateway, ...phones];
  }

  it("a key answers, whether its phone rings or not; the own ringing is taken back too (#27)", async () => {
    const [office, gateway, alice, bob] = (await open({})) as [LineOffice, CallingPhone, CallingPhone, CallingPhone];
    const { call, final } = await gateway.call(office.uri("line1"));
    const [ringing, others] = [await bob.rings(), await alice.rings()];
    const pressed = await bob.call(office.uri("station2_line1"));
    assert.deepEqual([statusOf(await pressed.final), statusOf(await final)], [200, 200]);
    assert.match(await ringing.cancelledWith(), /cause=200/);
    assert.match(await others.cancelledWith(), /cause=200/);
    await Promise.all([call.sound.untilHears([VOICES.station2]), pressed.call.sound.untilHears([VOICES.caller])]);
    await call.bye();
    await pressed.call.hungUp();
  });

  it("two answer within 5 ms, ten times: one is connected, the other let go, and both lamps are dark afterwards (#28)", async () => {
    const [office, gateway, alice, bob] = (await open({})) as [LineOffice, CallingPhone, CallingPhone, CallingPhone];
    for (let round = 0; round < 10; round += 1) {
      const { call, final } = await gateway.call(office.uri("line1"));
      const rings = [await alice.rings(), await bob.rings()];
      rings[round % 2]?.accept();
      await new Promise((resolve) => setTimeout(resolve, round / 2));
      rings[(round + 1) % 2]?.accept();
      assert.equal(statusOf(await final), 200);
      const { json } = await office.server.api("GET", "lines/line1");
      assert.equal(json.connected.length, 1, JSON.stringify(json));
      const [winner, loser] = json.connected[0] === "station1" ? rings : [...rings].reverse();
      await loser?.gone();
      await call.sound.untilHears([json.connected[0] === "station1" ? VOICES.station1 : VOICES.station2]);
      await call.bye();
      await winner?.hungUp();
      await office.idle();
    }
  });

  it("an answer crosses the caller's hang-up, ten times: nobody is left on the line (#28, #29)", async () => {
    const [office, gateway, alice] = (await open({})) as [LineOffice, CallingPhone, CallingPhone];
    for (let round = 0; round < 10; round += 1) {
      const { call, final } = await gateway.call(office.uri("line1"));
      const ring = await alice.rings();
      const cancelled = gateway.cancel(call);
      await new Promise((resolve) => setTimeout(resolve, round / 2));
      ring.accept();
      await cancelled;
      if (statusOf(await final) === 200) await call.bye();
      await office.idle();
      const { json } = await office.server.api("GET", "calls");
      assert.deepEqual(json.items, []);
    }
  });

  it("nobody answers: the caller goes on in the dialplan with RINGTIMEOUT (#30)", async () => {
    const [office, gateway, alice] = (await open({ sla: { line1: "ringtimeout=2" } })) as [
      LineOffice,
      CallingPhone,
      CallingPhone,
    ];
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    assert.doesNotMatch(await ring.cancelledWith(10_000), /cause=200/);
    assert.equal(statusOf(await final), 200, "the dialplan answers");
    await call.sound.untilHears([480, 620]);
    await office.shows("station1_line1", "Idle");
    assert.match(office.server.output, /RINGTIMEOUT/);
    await call.bye();
  });

  it("a phone rings later, another stops early, and its key answers all the same (#31, R11)", async () => {
    const keys = "trunk=line1\ntrunk=line2\n";
    const [office, gateway, alice, bob, carol] = (await open({
      sla: { station2: `${keys}ringdelay=3`, station3: `${keys}ringtimeout=1` },
    })) as [LineOffice, CallingPhone, CallingPhone, CallingPhone, CallingPhone];
    const began = Date.now();
    const { call, final } = await gateway.call(office.uri("line1"));
    await alice.rings();
    await (await carol.rings()).cancelledWith();
    const stopped = Date.now() - began;
    await bob.rings();
    const late = Date.now() - began;
    // Lower bounds only: a busy machine is late, never early.
    assert.ok(stopped >= 990 && late >= 2990, `${stopped} ${late}`);
    await office.shows("station3_line1", "Ringing");
    const pressed = await carol.call(office.uri("station3_line1"));
    assert.deepEqual([statusOf(await pressed.final), statusOf(await final)], [200, 200]);
    await call.bye();
    await pressed.call.hungUp();
  });

  it("who talks is not rung, and sees it; who declines is not rung again; the second caller of a line is refused (#35, #36, #38)", async () => {
    const [office, gateway, alice, bob] = (await open({})) as [LineOffice, CallingPhone, CallingPhone, CallingPhone];
    const busy = await alice.call(office.uri("station1_line2"));
    assert.equal(statusOf(await busy.final), 200);
    const { call, final } = await gateway.call(office.uri("line1"));
    (await bob.rings()).decline();
    await office.shows("station1_line1", "Ringing");
    await assert.rejects(alice.rings(NOT_RUNG_MS));
    await assert.rejects(bob.rings(NOT_RUNG_MS));
    const second = await gateway.call(office.uri("line1"));
    assert.equal(statusOf(await second.final), 200, "its dialplan goes on at once");
    assert.match(office.server.output, /FAILURE/);
    await second.call.bye();
    await office.shows("station1_line1", "Ringing");
    await gateway.cancel(call);
    assert.equal(statusOf(await final), 487);
    await busy.call.bye();
  });

  it("a key's ringtimeout counts, not its station's; who registers meanwhile rings too (#33, #37, R19)", async () => {
    const office = started(await LineOffice.open({ sla: { station1: "ringtimeout=1\ntrunk=line1,ringtimeout=3\ntrunk=line2" } }));
    const [gateway, alice] = [await office.phone("gateway", VOICES.caller), await office.phone("station1")];
    const began = Date.now();
    const { call, final } = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    // Not there when the others were called: it is tried again after 1, 2 and 4 seconds.
    const bob = await office.phone("station2", VOICES.station2);
    const late = await bob.rings(8000);
    await ring.cancelledWith(8000);
    assert.ok(Date.now() - began >= 2990);
    late.accept();
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([VOICES.station2]);
    await call.bye();
    await late.hungUp();
  });

  it("two lines ring: a phone rings once, has the first, and is rung for the second when it is free again (#34)", async () => {
    const [office, gateway, alice, bob] = (await open({})) as [LineOffice, CallingPhone, CallingPhone, CallingPhone];
    const first = await gateway.call(office.uri("line1"));
    const ring = await alice.rings();
    const other = await bob.rings();
    const second = await gateway.call(office.uri("line2"));
    await office.shows("station1_line2", "Ringing");
    await assert.rejects(alice.rings(NOT_RUNG_MS), "one call for both lines");
    ring.accept();
    assert.equal(statusOf(await first.final), 200);
    await office.shows("station1_line1", "InUse");
    assert.equal(await office.lamp("station2_line2"), "Ringing");
    assert.equal(other.isOver, false, "the others ring on");
    await assert.rejects(alice.rings(NOT_RUNG_MS), "who talks is not rung");
    await ring.bye();
    await first.call.hungUp();
    const again = await alice.rings();
    again.accept();
    assert.equal(statusOf(await second.final), 200);
    await other.cancelledWith();
    await second.call.bye();
    await again.hungUp();
  });
});
