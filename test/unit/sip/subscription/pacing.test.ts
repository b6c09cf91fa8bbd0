import assert from "node:assert/strict";
import type { LampView } from "#domain/lamp/lamp-view";
import { NotifierBench } from "#test/support/notifier-bench";

const THREE: readonly LampView["state"][] = ["InUse", "Ringing", "Idle"];
const TWENTY = Array.from({ length: 20 }, (_, at) => THREE[at % 3] ?? "Idle");

describe("the pace of NOTIFYs (C-2, design §9.4)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  /** Twenty changes within a second, the last one shows the extension held. */
  const storm = async (): Promise<void> => {
    for (const state of TWENTY) {
      await bench.show("1001", state);
      await bench.pass(50);
    }
    await bench.show("1001", "Hold");
    await bench.pass(2000);
  };

  it("sends at most 13 NOTIFYs for 20 changes in a second, the last one final (T-30, C-3)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await storm();
    assert.ok(phone.notifies.length <= 13, `${phone.notifies.length} NOTIFYs`);
    assert.ok(phone.notifies.length >= 9, `${phone.notifies.length} NOTIFYs`);
    assert.match(phone.newest.body, /\+sip\.rendering/);
    const numbers = phone.notifies.map((notify) => notify.cseq);
    assert.deepEqual(
      numbers,
      Array.from({ length: numbers.length }, (_, at) => (numbers[0] ?? 0) + at),
    );
  });

  it("sends the first change after quiet at once, the next ones 100 ms apart (C-2)", async () => {
    const phone = bench.phone();
    const times: number[] = [];
    await phone.subscribe();
    await bench.pass(10_000);
    const send = phone.flow.send.bind(phone.flow);
    const startedAt = bench.clock.now();
    phone.flow.send = (message) => {
      times.push(bench.clock.now() - startedAt);
      return send(message);
    };
    await storm();
    assert.equal(times[0], 0);
    assert.ok((times[1] ?? 0) <= 50, "two at once");
    for (let at = 2; at + 1 < times.length; at += 1) assert.ok((times[at + 1] ?? 0) - (times[at] ?? 0) >= 75);
  });

  it("gives trusted sources every change, one in flight alone bounds them (C-1)", async () => {
    bench.authenticate = () => ({ type: "trusted" });
    const phone = bench.phone();
    await phone.subscribe();
    await storm();
    assert.equal(phone.notifies.length, 22);
  });

  it("answers every refresh, however fast they come (S-21)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    for (let at = 0; at < 10; at += 1) await watch.send();
    assert.equal(phone.notifies.length, 11);
  });

  it("sends no document that is equal to the one shown (D-9, T-31, C-5)", async () => {
    const dialog = bench.phone();
    const presence = bench.phone();
    await dialog.subscribe();
    await presence.subscribe({ event: "presence" });
    const states: readonly LampView["state"][] = [
      "Idle",
      "InUse",
      "InUse",
      "Busy",
      "InUse&Ringing",
      "Ringing",
      "Ringing",
      "Idle",
      "Unavailable",
    ];
    const counts: string[] = [];
    for (const state of states) {
      await bench.pass(500);
      await bench.show("1001", state);
      counts.push(`${state} ${dialog.notifies.length} ${presence.notifies.length}`);
    }
    assert.deepEqual(counts, [
      "Idle 1 1",
      "InUse 2 2",
      "InUse 2 2",
      "Busy 2 2",
      "InUse&Ringing 2 3",
      "Ringing 3 3",
      "Ringing 3 3",
      "Idle 4 4",
      "Unavailable 4 5",
    ]);
  });

  it("ends the dialog before it rings again, for Polycom (D-6, design §9.3)", async () => {
    const polycom = bench.phone({ userAgent: "PolycomVVX-VVX_411-UA/5.9.0" });
    const other = bench.phone({ userAgent: "Yealink SIP-T46" });
    await polycom.subscribe();
    await other.subscribe();
    for (const state of ["InUse", "Ringing", "InUse", "Idle", "Ringing"] as const) {
      await bench.pass(1000);
      await bench.show("1001", state);
    }
    await bench.pass(1000);
    const states = (phone: typeof polycom): (string | undefined)[] => phone.notifies.map((notify) => notify.state);
    assert.deepEqual(states(other), ["terminated", "confirmed", "early", "confirmed", "terminated", "early"]);
    assert.deepEqual(states(polycom), ["terminated", "confirmed", "terminated", "early", "confirmed", "terminated", "early"]);
  });

  it("ends the dialog before it rings again for Polycom, a refresh in between or not (D-6, D-12)", async () => {
    const phone = bench.phone({ userAgent: "PolycomVVX-VVX_411-UA/5.9.0" });
    const watch = await phone.subscribe();
    await bench.pass(1000);
    await bench.show("1001", "InUse");
    phone.answers = undefined;
    await watch.send();
    await bench.show("1001", "Ringing");
    await watch.send();
    phone.answers = { status: 200 };
    await phone.answer(phone.newest, 200);
    await bench.pass(1000);
    const states = phone.notifies.map((notify) => notify.state);
    assert.deepEqual(states.slice(0, 5), ["terminated", "confirmed", "confirmed", "terminated", "early"]);
  });

  it("measures the time from a change to the wire", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1001", "InUse");
    phone.answers = undefined;
    await bench.show("1001", "Ringing");
    await bench.pass(150);
    await bench.show("1001", "Hold");
    assert.deepEqual(bench.observed.delays[0], 0);
    assert.ok((bench.observed.delays[1] ?? 0) >= 75 && (bench.observed.delays[1] ?? 0) <= 125);
  });
});
