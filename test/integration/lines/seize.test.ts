import assert from "node:assert/strict";
import type { Call } from "#test/support/calls/call";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { eventually } from "#test/support/eventually";
import { stopAfterAll } from "#test/support/stop-after-each";
import { headerIn, statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** How long a dialplan that ended in a busy Dial lets its caller hear it, as Asterisk does. */
const BUSY_MS = 10_000;

describe("taking a line (sla.md §8, 14 to 24)", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  let office: LineOffice;
  let gateway: CallingPhone;
  let phones: readonly [CallingPhone, CallingPhone, CallingPhone];

  before(async () => {
    office = started(await LineOffice.open());
    gateway = await office.phone("gateway", VOICES.caller);
    phones = [
      await office.phone("station1", VOICES.station1),
      await office.phone("station2", VOICES.station2),
      await office.phone("station3", VOICES.station3),
    ];
  });

  afterEach(() => office.idle());

  /** One of two at a line dials: both hear the outside, and each other. */
  async function talksOut(one: Call, other: Call): Promise<void> {
    one.sound.press("12565551212");
    const out = await gateway.rings(10_000);
    out.accept();
    await Promise.all([
      one.sound.untilHears([VOICES.caller, VOICES.station2]),
      other.sound.untilHears([VOICES.caller, VOICES.station1]),
      out.sound.untilHears([VOICES.station1, VOICES.station2]),
    ]);
  }

  it("off hook takes the first idle line in key order, a line that is held is none, and the third is refused (#16, #17, #48)", async () => {
    const [alice, bob, carol] = phones;
    const first = await alice.call(office.uri("station1"));
    assert.equal(statusOf(await first.final), 200);
    await first.call.hold();
    await office.shows("station2_line1", "Hold");
    const second = await alice.call(office.uri("station1"));
    assert.equal(statusOf(await second.final), 200);
    await office.shows("station3_line2", "InUse");
    for (const [phone, station] of [[bob, "station2"] as const, [carol, "station3"] as const]) {
      const refused = await (await phone.call(office.uri(station))).final;
      assert.equal(statusOf(refused), 486, refused);
      assert.match(headerIn(refused, "Reason") ?? "", /text="line in use"/);
    }
    await office.shows("station3_line1", "Hold");
    await second.call.bye();
    await first.call.bye();
  });

  it("a number that matches nothing: congestion is heard, then the line is free again (#19)", async () => {
    const [alice] = phones;
    const { call } = await alice.call(office.uri("station1"));
    await call.sound.untilHears([350, 440]);
    call.sound.press("5551212#");
    await call.sound.untilHears([480, 620]);
    await call.hungUp(10_000);
  });

  it("the gateway is busy: its cause reaches the caller, and the line is free (#21)", async () => {
    const [alice] = phones;
    const { call } = await alice.call(office.uri("station1"));
    await call.sound.untilHears([350, 440]);
    call.sound.press("12565551212");
    (await gateway.rings(10_000)).decline();
    await call.sound.untilHears([480, 620]);
    assert.match(await call.hungUp(BUSY_MS + 5000), /Q\.850 ?; ?cause=17/);
  });

  it("who hangs up while the gateway rings takes that call back (#23)", async () => {
    const [alice] = phones;
    const { call } = await alice.call(office.uri("station1"));
    await call.sound.untilHears([350, 440]);
    call.sound.press("12565551212");
    const out = await gateway.rings(10_000);
    await call.bye();
    await out.cancelledWith();
  });

  it("two keys of one line, 0 to 5 ms apart, ten times: one call, both are in it, and talk out together (#24, R15)", async () => {
    const [alice, bob] = phones;
    for (let round = 0; round < 10; round += 1) {
      const one = alice.call(office.uri("station1_line1"));
      await new Promise((resolve) => setTimeout(resolve, round / 2));
      const other = bob.call(office.uri("station2_line1"));
      const calls = await Promise.all([one, other]);
      for (const { final } of calls) assert.equal(statusOf(await final), 200);
      const { json } = await office.server.api("GET", "lines/line1");
      assert.deepEqual([...json.connected].sort(), ["station1", "station2"]);
      for (const { call } of calls) await call.sound.untilHears([350, 440]);
      if (round === 9) await talksOut(calls[0].call, calls[1].call);
      for (const { call } of calls) await call.bye();
      await office.idle();
    }
  });

  it("a key pressed while somebody talks joins: all three hear each other, the last who leaves ends it (#39)", async () => {
    const [alice, bob] = phones;
    const { call, final } = await gateway.call(office.uri("line2"));
    const ring = await alice.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    const joined = await bob.call(office.uri("station2_line2"));
    assert.equal(statusOf(await joined.final), 200);
    await Promise.all([
      call.sound.untilHears([VOICES.station1, VOICES.station2]),
      ring.sound.untilHears([VOICES.caller, VOICES.station2]),
      joined.call.sound.untilHears([VOICES.caller, VOICES.station1]),
    ]);
    for (const [own, sound] of [
      [VOICES.caller, call.sound],
      [VOICES.station1, ring.sound],
      [VOICES.station2, joined.call.sound],
    ] as const)
      assert.equal(sound.hears(own), false, "nobody hears himself");
    await ring.bye();
    await call.sound.untilHears([VOICES.station2]);
    await eventually(() => {
      assert.equal(call.sound.hears(VOICES.station1), false, "who left is heard no more");
    });
    await joined.call.bye();
    await call.hungUp();
  });
});
