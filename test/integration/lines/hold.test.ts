import assert from "node:assert/strict";
import type { Call } from "#test/support/calls/call";
import type { CallingPhone } from "#test/support/calls/calling-phone";
import { eventually } from "#test/support/eventually";
import { stopAfterAll } from "#test/support/stop-after-each";
import { headerIn, statusOf } from "#test/support/wire";
import { LineOffice, VOICES } from "./line-office.ts";

/** Nothing comes within this: nothing comes. */
const NOTHING_MS = 500;

/** line1: all may do everything; line2: nobody joins, and a hold is its holder's. station3 keeps its holds to itself on every line. */
describe("holding a line and taking it back (sla.md §8, 40 to 47)", function () {
  this.timeout(60_000);
  const started = stopAfterAll();
  let office: LineOffice;
  let gateway: CallingPhone;
  let phones: readonly [CallingPhone, CallingPhone, CallingPhone];

  before(async () => {
    const station = "trunk=line1\ntrunk=line2";
    const sla = { line2: "barge=no\nhold=private", station3: `${station}\nhold=private` };
    office = started(await LineOffice.open({ sla }));
    gateway = await office.phone("gateway", VOICES.caller);
    phones = [
      await office.phone("station1", VOICES.station1),
      await office.phone("station2", VOICES.station2),
      await office.phone("station3", VOICES.station3),
    ];
  });

  afterEach(() => office.idle());

  /** The outside calls a line; this station answers. */
  async function answered(line: string, station: number): Promise<readonly [Call, Call]> {
    const { call, final } = await gateway.call(office.uri(line));
    const rings = await Promise.all(phones.map((phone) => phone.rings()));
    const ring = rings[station - 1]!;
    ring.accept();
    assert.equal(statusOf(await final), 200);
    await Promise.all([call.sound.untilHears([voiceOf(station)]), ring.sound.untilHears([VOICES.caller])]);
    return [call, ring];
  }

  async function press(station: number, line: string): Promise<Call> {
    const { call, final } = await phones[station - 1]!.call(office.uri(`station${station}_${line}`));
    assert.equal(statusOf(await final), 200);
    return call;
  }

  async function isRefused(station: number, line: string): Promise<void> {
    const { final } = await phones[station - 1]!.call(office.uri(`station${station}_${line}`));
    const answer = await final;
    assert.equal(statusOf(answer), 486, answer);
    assert.match(headerIn(answer, "Reason") ?? "", /text=/, "and hears why");
  }

  async function show(line: string, states: readonly [string, string, string]): Promise<void> {
    for (const [at, state] of states.entries()) await office.shows(`station${at + 1}_${line}`, state);
  }

  /** Music, and nobody of the office. */
  async function hearsMusic(call: Call): Promise<void> {
    await eventually(() => {
      assert.equal(call.sound.isSilent, false);
      for (const station of [1, 2, 3]) assert.equal(call.sound.hears(voiceOf(station)), false);
    });
  }

  it("who holds hears nothing, the caller music, all lamps flash; another key takes the call (#41, #42)", async () => {
    const [call, ring] = await answered("line1", 1);
    await ring.hold();
    await show("line1", ["Hold", "Hold", "Hold"]);
    await hearsMusic(call);
    await eventually(() => {
      assert.equal(ring.sound.hears(VOICES.caller), false, "nothing to the held station");
    });
    const taken = await press(2, "line1");
    await show("line1", ["InUse", "InUse", "InUse"]);
    await Promise.all([call.sound.untilHears([VOICES.station2]), taken.sound.untilHears([VOICES.caller])]);
    await taken.bye();
    await call.hungUp();
  });

  it("a hold with the address 0.0.0.0, as old phones write it, is one too; resumed, both talk (#41, B-11)", async () => {
    const [call, ring] = await answered("line1", 1);
    await ring.hold("0.0.0.0");
    await show("line1", ["Hold", "Hold", "Hold"]);
    await hearsMusic(call);
    await ring.resume();
    await show("line1", ["InUse", "InUse", "InUse"]);
    await Promise.all([call.sound.untilHears([VOICES.station1]), ring.sound.untilHears([VOICES.caller])]);
    await ring.bye();
    await call.hungUp();
  });

  it("hold=private, barge=no: nobody joins, nobody takes it but who holds (#40, #43)", async () => {
    const [call, ring] = await answered("line2", 1);
    await isRefused(2, "line2");
    await ring.sound.untilHears([VOICES.caller]);
    await ring.hold();
    await show("line2", ["Hold", "Hold", "Hold"]);
    await isRefused(2, "line2");
    await hearsMusic(call);
    const back = await press(1, "line2");
    await Promise.all([call.sound.untilHears([VOICES.station1]), back.sound.untilHears([VOICES.caller])]);
    await back.bye();
    await call.hungUp();
  });

  it("a station's own hold=private counts wherever it stands in the file (#44, B14)", async () => {
    const [call, ring] = await answered("line1", 3);
    await ring.hold();
    await office.shows("station1_line1", "Hold");
    for (const station of [1, 2]) await isRefused(station, "line1");
    const back = await press(3, "line1");
    await call.sound.untilHears([VOICES.station3]);
    await back.bye();
    await call.hungUp();
  });

  it("one of two holds: the others talk on without music, only its lamp says hold; when they leave, the call is kept for it (#45, R17)", async () => {
    const [call, ring] = await answered("line1", 1);
    const joined = await press(2, "line1");
    await call.sound.untilHears([VOICES.station1, VOICES.station2]);
    await ring.hold();
    await office.shows("station1_line1", "Hold");
    assert.equal(await office.lamp("station2_line1"), "InUse");
    await eventually(() => {
      assert.equal(call.sound.hears(VOICES.station1), false);
    });
    await Promise.all([call.sound.untilHears([VOICES.station2]), joined.sound.untilHears([VOICES.caller])]);
    await joined.bye();
    await hearsMusic(call);
    await office.shows("station2_line1", "Hold");
    const back = await press(1, "line1");
    await call.sound.untilHears([VOICES.station1]);
    await back.bye();
    await call.hungUp();
  });

  it("the caller gives up on hold: lamps go dark, and the next press takes the line as new (#46, R18)", async () => {
    const [call, ring] = await answered("line2", 1);
    await ring.hold();
    await office.shows("station2_line2", "Hold");
    await call.bye();
    await show("line2", ["Idle", "Idle", "Idle"]);
    const next = await press(2, "line2");
    await next.sound.untilHears([350, 440]);
    await next.bye();
  });

  it("who is on hold is heard by nobody, and a stranger's key changes nothing", async () => {
    const [call, ring] = await answered("line2", 2);
    await ring.hold();
    await office.shows("station1_line2", "Hold");
    await Promise.all([isRefused(1, "line2"), isRefused(3, "line2")]);
    await assert.rejects(ring.hungUp(NOTHING_MS), "the hold is untouched");
    await ring.resume();
    await call.sound.untilHears([VOICES.station2]);
    await call.bye();
    await ring.hungUp();
  });
});

function voiceOf(station: number): number {
  return [VOICES.station1, VOICES.station2, VOICES.station3][station - 1] ?? 0;
}
