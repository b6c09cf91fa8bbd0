import assert from "node:assert/strict";
import type { Call } from "#test/support/calls/call";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { stopAfterEach } from "#test/support/stop-after-each";
import { statusOf } from "#test/support/wire";
import { DIAL_TONE, OUTSIDE, SampleOffice, VOICES } from "./sample-office.ts";

const MACS = ["0004f2000001", "0004f2000002", "0004f2000003", "0004f2000004"];
const NEAR_MS = 1000;

interface Opened {
  readonly office: SampleOffice;
  readonly gateway: CallingPhone;
  readonly phones: readonly [CallingPhone, CallingPhone, CallingPhone, CallingPhone];
}

describe("sample site additional: all options of lines, stations and keys", function () {
  this.timeout(60_000);
  const started = stopAfterEach();

  async function open(): Promise<Opened> {
    const office = started(await SampleOffice.open("additional"));
    const gateway = await office.agent("gateway", "sample-to-be-changed", OUTSIDE);
    const [one, two, three, four] = await Promise.all(MACS.map((mac, index) => office.phone(mac, VOICES[index])));
    assert.ok(one !== undefined && two !== undefined && three !== undefined && four !== undefined);
    return { office, gateway, phones: [one, two, three, four] };
  }

  /** A call on a line, taken by the first phone. */
  async function answered({ office, gateway, phones: [one] }: Opened, number: string): Promise<{ caller: Call; ring: Call }> {
    const { call: caller, final } = await gateway.call(office.uri(number));
    const ring = await one.rings();
    ring.accept();
    assert.equal(statusOf(await final), 200);
    return { caller, ring };
  }

  it("ringdelay and ringtimeout of station, key and line; the caller then goes on in the dialplan (R11, R29)", async () => {
    const { office, gateway, phones } = await open();
    const [one, two, three, four] = phones;
    const since = Date.now();
    const near = (seconds: number): void => {
      const late = Date.now() - since - seconds * 1000;
      assert.ok(Math.abs(late) < NEAR_MS, `${late} ms beside ${seconds} s`);
    };
    const { call, final } = await gateway.call(office.uri("5550101"), { from: '"Ann" <sip:2565551212@127.0.0.1>' });
    const [first, third] = await Promise.all([one.rings(), three.rings()]);
    near(0);
    const fourth = await four.rings();
    near(3);
    const second = await two.rings();
    near(5);
    await fourth.cancelledWith();
    near(7);
    await third.cancelledWith();
    near(10);
    assert.equal(three.lamp("station3_line1").state, "early");
    await Promise.all([first.cancelledWith(15_000), second.cancelledWith(15_000)]);
    near(20);
    assert.equal(statusOf(await final), 200);
    await call.sound.untilHears([480, 620]);
    await one.shows("station1_line1", { state: "terminated" });
  });

  it("hold=private of a line: who holds takes back, nobody else", async () => {
    const opened = await open();
    const { office, phones } = opened;
    const { caller, ring } = await answered(opened, "5550101");
    await ring.hold();
    await phones[1].shows("station2_line1", { state: "confirmed", held: true });
    assert.equal(await office.refusal(phones[1], "station2_line1"), 486);
    const back = await office.dial(phones[0], "station1_line1");
    await caller.sound.untilHears([VOICES[0]]);
    await ring.hungUp();
    await back.bye();
    await caller.hungUp();
  });

  it("barge=no of a line: no key joins, a held call may be taken back; hold=private of a station", async () => {
    const opened = await open();
    const { office, phones } = opened;
    const { caller, ring } = await answered(opened, "5550102");
    assert.equal(await office.refusal(phones[1], "station2_line2"), 486);
    await ring.hold();
    await phones[3].shows("station4_line2", { state: "confirmed", held: true });
    const fourth = await office.dial(phones[3], "station4_line2");
    await caller.sound.untilHears([VOICES[3]]);
    await fourth.hold();
    await phones[0].shows("station1_line2", { state: "confirmed", held: true });
    assert.equal(await office.refusal(phones[0], "station1_line2"), 486);
    await caller.bye();
    await phones[0].shows("station1_line2", { state: "terminated" });
  });

  it("attemptcallerid and autocontext: the caller is shown, keys and handsets work without a line of dialplan", async () => {
    const { office, gateway, phones } = await open();
    const { call } = await gateway.call(office.uri("5550102"), { from: '"Ann" <sip:2565551212@127.0.0.1>' });
    assert.match((await phones[0].rings()).asked.from, /"Ann" <sip:2565551212@/);
    assert.match((await phones[2].shows("station3_line2", { state: "early" })).party?.uri ?? "", /^sip:2565551212@/);
    await gateway.cancel(call);
    assert.deepEqual(await office.keysOf(MACS[3] ?? ""), ["station4_line1", "station4_line2"]);
    const lifted = await office.dial(phones[3], "station4");
    await lifted.sound.untilHears(DIAL_TONE);
    lifted.sound.press("5551212");
    const out = await gateway.rings(10_000);
    assert.equal(out.asked.user, "5551212");
    out.accept();
    await lifted.sound.untilHears([OUTSIDE]);
    await lifted.bye();
    await out.hungUp();
  });
});
