import assert from "node:assert/strict";
import { SilentDevices } from "#sip/subscription/silent-devices";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone } from "#test/support/phone";

const UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

describe("a phone that answers nothing (C-35)", () => {
  let bench: NotifierBench;
  let phone: Phone;
  beforeEach(async () => {
    bench = new NotifierBench();
    phone = bench.phone({ instance: UUID });
    for (let at = 0; at < 10; at += 1) await phone.subscribe({ event: `dialog;id=${at}` });
    await bench.pass(2000);
    phone.answers = undefined;
    await bench.show("1001", "InUse");
    // All ten were sent and are given up.
    await bench.pass(33_000);
  });
  afterEach(() => {
    bench.end();
  });

  it("is asked by one NOTIFY for all its subscriptions, and is gone when that is not answered", async () => {
    const [told, datagrams] = [phone.notifies.length, phone.received.length];
    await bench.pass(32_000);
    assert.equal(phone.notifies.length, told + 1);
    assert.ok(phone.received.length - datagrams <= 11);
    assert.equal(bench.notifier.subscriptions.size, 10);
    await bench.pass(33_000);
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
    await bench.show("1001", "Idle");
    await bench.pass(100_000);
    assert.equal(phone.notifies.length, told + 1);
  });

  it("is told everything as soon as the probe is answered", async () => {
    await bench.show("1001", "Hold");
    await bench.pass(32_000);
    const told = phone.notifies.length;
    phone.answers = { status: 200 };
    await phone.answer(phone.newest, 200);
    await bench.pass(100);
    assert.equal(phone.notifies.length, told + 9);
    assert.equal(new Set(phone.notifies.slice(told - 1).map((notify) => notify.header("Event"))).size, 10);
    assert.equal(bench.notifier.subscriptions.size, 10);
    await bench.pass(1000);
    await bench.show("1001", "Idle");
    assert.equal(phone.notifies.length, told + 19);
  });

  it("any answer will do, and a SUBSCRIBE too", async () => {
    await bench.pass(32_000);
    await phone.answer(phone.newest, 481);
    phone.answers = { status: 200 };
    await bench.pass(100);
    assert.equal(bench.notifier.subscriptions.size, 9);
    assert.equal(phone.newest.state, "confirmed");
  });

  it("of two of its subscriptions each is asked by itself", async () => {
    const other = bench.phone({ port: 7060 });
    await other.subscribe({ event: "dialog;id=1" });
    await other.subscribe({ event: "dialog;id=2" });
    await bench.pass(2000);
    other.answers = undefined;
    await bench.show("1001", "Ringing");
    const told = other.notifies.length;
    await bench.pass(66_000);
    assert.equal(other.notifies.length, told + 2);
  });

  it("is told everything over its new flow when it registers from there, once, and by its new name it is not silent", async () => {
    const moving = bench.phone({ port: 7060 });
    for (let at = 0; at < 6; at += 1) await moving.subscribe({ event: `dialog;id=${at}`, uri: "sip:1002@pbx.example" });
    const late = await moving.subscribe({ uri: "sip:1003@pbx.example" });
    await bench.pass(2000);
    moving.answers = undefined;
    await bench.show("1002", "InUse");
    await bench.pass(33_000);
    // Held back without a failure of its own.
    await bench.pass(32_000);
    await bench.show("1003", "InUse");
    moving.answers = { status: 200 };
    moving.moveTo(8060);
    const told = moving.notifies.length;
    bench.notifier.registered({
      aor: "5001",
      contact: "sip:5001@192.0.2.21:7060;line=7",
      instance: undefined,
      flow: moving.flow,
    });
    await bench.pass(1000);
    assert.equal(moving.notifies.length, told + 7);
    assert.equal(late.notifies.at(-1)?.state, "confirmed");
    assert.equal(moving.flow.sent.filter((text) => text.startsWith("NOTIFY")).length, 7);
    await bench.pass(200_000);
    assert.equal([...bench.notifier.subscriptions.all()].filter(({ record }) => record.flow.port === 8060).length, 7);
  });

  it("is forgotten under a name that it has no more", () => {
    const silent = new SilentDevices();
    const [first, second, third, fourth] = [...bench.notifier.subscriptions.all()];
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) assert.fail("four watch");
    const failing = [first, second, third];
    for (const subscription of failing) assert.equal(silent.failed(subscription), false);
    assert.deepEqual([silent.mustWait(first), silent.mustWait(fourth)], [false, true]);
    for (const subscription of [...failing, fourth]) {
      silent.rename(subscription, "elsewhere");
      const { record } = subscription;
      subscription.record = { ...record, watcher: { ...record.watcher, device: "elsewhere" } };
    }
    assert.equal(silent.failed(first), false, "it is no probe any more");
    assert.deepEqual(silent.heard(second), [fourth]);
    assert.equal(silent.isQuiet, true);
  });
});
