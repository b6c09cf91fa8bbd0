import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone, Watch } from "#test/support/phone";
import { headerIn } from "#test/support/wire";

describe("draining a node (C-30, design §9.8)", () => {
  let bench: NotifierBench;
  let phone: Phone;
  let watches: Watch[];
  beforeEach(async () => {
    bench = new NotifierBench();
    phone = bench.phone();
    watches = [];
    for (let at = 0; at < 100; at += 1) watches.push(await phone.subscribe({ event: `dialog;id=${at}` }));
    await bench.pass(2000);
  });
  afterEach(() => {
    bench.end();
  });

  const ended = (): string[] =>
    phone.notifies.map((notify) => notify.subscriptionState).filter((state) => state.startsWith("terminated"));

  it("ends every subscription evenly over the time, with deactivated and random times to come back", async () => {
    assert.equal(bench.notifier.drain(60_000).phase, "draining");
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      await bench.pass(6000);
      assert.ok(Math.abs(ended().length - tenth * 10) <= 1, `${ended().length} after ${tenth * 6} s`);
      assert.equal(bench.notifier.drainProgress.left, 100 - ended().length);
    }
    await bench.pass(200);
    assert.deepEqual([bench.notifier.drainProgress.phase, bench.notifier.drainProgress.total], ["drained", 100]);
    assert.equal(bench.store.records.size, 0);
    const times = ended().map((state) => Number(/^terminated;reason=deactivated;retry-after=(\d+)$/.exec(state)?.[1]));
    assert.ok(times.every((seconds) => seconds >= 1 && seconds <= 120));
    assert.ok(new Set(times).size > 20);
    const order = phone.notifies.slice(100).map((notify) => notify.header("Event"));
    assert.notDeepEqual(order, [...order].sort(), "in random order");
  });

  it("puts new ones off and keeps those that live until their turn", async () => {
    bench.notifier.drain(60_000);
    const refused = await phone.subscribe({ uri: "sip:1002@pbx.example" });
    assert.equal(refused.status, 503);
    const seconds = Number(headerIn(refused.response, "Retry-After"));
    assert.ok(seconds >= 10 && seconds <= 60);
    assert.equal((await phone.subscribe({ event: "dialog;id=1" })).status, 503, "not even in place of an older one");
    const [alive] = [...bench.notifier.subscriptions.all()];
    const watch = watches.find(({ callId }) => callId === alive?.record.dialog.callId);
    await watch?.send({ event: alive?.record.event ?? "" });
    assert.equal(watch?.status, 200);
    assert.equal((await phone.subscribe({ expires: 0 })).status, 200, "a fetch");
  });

  it("can be called off, hurried, and begun again", async () => {
    bench.notifier.drain(60_000);
    await bench.pass(30_000);
    assert.equal(bench.notifier.undrain().phase, "serving");
    const left = bench.notifier.subscriptions.size;
    await bench.pass(60_000);
    assert.equal(bench.notifier.subscriptions.size, left);
    assert.equal((await phone.subscribe({ uri: "sip:1002@pbx.example" })).status, 200);
    bench.notifier.drain(600_000);
    await bench.pass(1000);
    bench.notifier.drain(0);
    await bench.pass(100);
    assert.equal(bench.notifier.drainProgress.phase, "drained");
  });

  it("takes those along that were on their way to the store", async () => {
    bench.store.hold();
    await phone.subscribe({ uri: "sip:1003@pbx.example", event: "presence" });
    bench.notifier.drain(1000);
    bench.store.release();
    await bench.pass(2000);
    assert.equal(bench.notifier.subscriptions.size, 0);
    assert.equal(bench.store.records.size, 0);
  });

  it("is over with the process: SIGTERM ends nothing more, and the next start serves", async () => {
    bench.notifier.drain(60_000);
    await bench.pass(30_000);
    const left = bench.notifier.subscriptions.size;
    bench.restart();
    bench.notifier.resume();
    await bench.pass(60_000);
    assert.equal(bench.notifier.subscriptions.size, left);
    assert.equal(bench.notifier.drainProgress.phase, "serving");
  });
});
