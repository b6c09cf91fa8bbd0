import assert from "node:assert/strict";
import { RESTORE_PER_SECOND } from "#sip/subscription/limits";
import { settle } from "#test/support/fake-clock";
import { NotifierBench } from "#test/support/notifier-bench";
import { headerIn } from "#test/support/wire";

describe("limits and the store of subscriptions", () => {
  let bench: NotifierBench;
  const start = (limits = {}): void => {
    bench = new NotifierBench({ limits });
  };
  afterEach(() => {
    bench.end();
  });

  it("refuses one more than an account may have from one address with 403 (X-10)", async () => {
    start({ perAccountAndSource: 3 });
    const phone = bench.phone();
    for (let at = 0; at < 3; at += 1) assert.equal((await phone.subscribe({ event: `dialog;id=${at}` })).status, 200);
    assert.equal((await phone.subscribe({ event: "dialog;id=4" })).status, 403);
    assert.equal(bench.store.records.size, 3);
    const elsewhere = bench.phone({ host: "192.0.2.99" });
    assert.equal((await elsewhere.subscribe()).status, 200, "another address has room");
    const other = bench.phone({ account: "5002" });
    assert.equal((await other.subscribe()).status, 200, "another account has room");
  });

  it("gives room back when a subscription ends or moves away", async () => {
    start({ perAccountAndSource: 2 });
    const phone = bench.phone();
    const watch = await phone.subscribe({ event: "dialog;id=1" });
    await phone.subscribe({ event: "dialog;id=2" });
    assert.equal((await phone.subscribe({ event: "dialog;id=3" })).status, 403);
    await watch.send({ expires: 0 });
    assert.equal((await phone.subscribe({ event: "dialog;id=4" })).status, 200);
  });

  it("does not count those of trusted sources", async () => {
    start({ perAccountAndSource: 1 });
    bench.authenticate = () => ({ type: "trusted" });
    const phone = bench.phone();
    for (let at = 0; at < 3; at += 1) assert.equal((await phone.subscribe({ event: `dialog;id=${at}` })).status, 200);
  });

  it("refuses with 503 and Retry-After when the node is full; refreshes and fetches go on (C-15)", async () => {
    start({ total: 2 });
    const phone = bench.phone();
    const watch = await phone.subscribe({ event: "dialog;id=1" });
    await phone.subscribe({ event: "dialog;id=2" });
    const refused = await phone.subscribe({ event: "dialog;id=3" });
    assert.equal(refused.status, 503);
    const seconds = Number(headerIn(refused.response, "Retry-After"));
    assert.ok(seconds >= 10 && seconds <= 60);
    await watch.send();
    assert.equal(watch.status, 200);
    assert.equal((await phone.subscribe({ event: "presence", expires: 0 })).status, 200);
    assert.equal(bench.store.records.size, 2);
  });

  it("puts new ones off above 80 % of a budget; refreshes go on, and who takes its own place (C-15)", async () => {
    start({ total: 10 });
    const phone = bench.phone();
    const watch = await phone.subscribe({ event: "dialog;id=0" });
    for (let at = 1; at < 8; at += 1) assert.equal((await phone.subscribe({ event: `dialog;id=${at}` })).status, 200);
    assert.equal((await phone.subscribe({ event: "dialog;id=8" })).status, 503);
    assert.equal((await phone.subscribe({ event: "dialog;id=7" })).status, 200, "a reboot");
    await watch.send();
    assert.equal(watch.status, 200);
    await watch.send({ event: "presence" });
    assert.equal(watch.status, 503, "one more usage of a dialog needs room too");
    await watch.send({ expires: 0 });
    assert.equal((await phone.subscribe({ event: "dialog;id=8" })).status, 200);
  });

  it("puts new ones off when transactions run out, with random times (C-15)", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.load = 0.8;
    const times = new Set<number>();
    for (let at = 0; at < 20; at += 1) {
      const refused = await phone.subscribe({ uri: "sip:1002@pbx.example", event: `dialog;id=${at}` });
      assert.equal(refused.status, 503);
      times.add(Number(headerIn(refused.response, "Retry-After")));
    }
    assert.ok(times.size > 5 && [...times].every((seconds) => seconds >= 10 && seconds <= 60));
    await watch.send();
    assert.equal(watch.status, 200);
    bench.load = 0.79;
    assert.equal((await phone.subscribe({ uri: "sip:1002@pbx.example" })).status, 200);
  });

  it("holds its limits when many come while the store is slow", async () => {
    start({ perAccountAndSource: 2 });
    const phone = bench.phone();
    bench.store.hold();
    const all = [];
    for (let at = 0; at < 5; at += 1) all.push(await phone.subscribe({ event: `dialog;id=${at}` }));
    bench.store.release();
    await settle();
    assert.deepEqual(
      all.map((watch) => watch.status),
      [200, 200, 403, 403, 403],
    );
    await settle();
    assert.deepEqual([bench.store.records.size, bench.notifier.subscriptions.size], [2, 2]);
  });

  it("refuses new subscriptions with 503 and Retry-After while the store is down, and keeps nothing (S-94)", async () => {
    start();
    bench.store.isDown = true;
    const phone = bench.phone();
    const watch = await phone.subscribe();
    assert.equal(watch.status, 503);
    assert.match(headerIn(watch.response, "Retry-After") ?? "", /^1\d$/);
    assert.deepEqual([phone.notifies.length, bench.notifier.subscriptions.size, bench.store.records.size], [0, 0, 0]);
    await bench.show("1001", "InUse");
    assert.equal(phone.notifies.length, 0);
    bench.store.isDown = false;
    assert.equal((await phone.subscribe()).status, 200);
  });

  it("serves from memory what it has: changes, refreshes, the end (S-94)", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe({ expires: 600 });
    bench.store.isDown = true;
    await bench.show("1001", "InUse");
    assert.equal(phone.newest.state, "confirmed");
    await bench.pass(500_000);
    await watch.send({ expires: 600 });
    assert.equal(watch.status, 200);
    await bench.pass(500_000);
    await bench.show("1001", "Ringing");
    assert.equal(phone.newest.state, "early", "no lamp goes dark");
    await watch.send({ expires: 0 });
    assert.equal(watch.status, 200);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(bench.notifier.subscriptions.size, 0);
  });

  it("answers nobody twice when the resource goes while the store is slow", async () => {
    start();
    const phone = bench.phone();
    bench.store.hold();
    const watch = await phone.subscribe();
    await bench.withdraw("1001");
    bench.store.release();
    await settle();
    assert.equal(watch.status, 404);
    assert.deepEqual([phone.notifies.length, bench.store.records.size], [0, 0]);
  });

  it("takes up all subscriptions after a restart, paced (S-91)", async () => {
    start();
    const phones = Array.from({ length: 60 }, (_, at) => bench.phone({ port: 6000 + at }));
    for (const phone of phones) for (let id = 0; id < 20; id += 1) await phone.subscribe({ event: `dialog;id=${id}` });
    const before = phones.map((phone) => phone.notifies.length);
    assert.equal(bench.store.records.size, 1200);
    bench.restart();
    assert.equal(bench.notifier.subscriptions.size, 1200);
    bench.notifier.resume();
    const told = (): number => phones.reduce((sum, phone, at) => sum + phone.notifies.length - (before[at] ?? 0), 0);
    await bench.pass(100);
    // What is due in 100 ms, and one tick of the wheel.
    assert.ok(told() <= RESTORE_PER_SECOND * 0.125, `${told()} at once`);
    await bench.pass(200);
    assert.equal(told(), 1200);
    for (const phone of phones) assert.ok(phone.notifies.slice(-20).every((notify) => notify.version >= 256));
  });

  it("accepts refreshes at once after a restart and does not tell those twice (C-31)", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.restart();
    await watch.send();
    assert.equal(watch.status, 200);
    bench.notifier.resume();
    await bench.pass(1000);
    assert.equal(watch.notifies.length, 2);
  });

  it("ends at a restart what cannot go on: resources that are gone with a last NOTIFY, browsers' sockets without (S-92), and leaves other nodes' alone (S-93)", async () => {
    start();
    const phone = bench.phone();
    await phone.subscribe();
    await phone.subscribe({ uri: "sip:1002@pbx.example" });
    const [first, second] = [...bench.store.records.values()];
    assert.ok(first !== undefined && second !== undefined);
    bench.store.records.set("ws", { ...first, id: "ws", flow: { ...first.flow, transport: "wss" } });
    bench.store.records.set("theirs", { ...first, id: "theirs", node: "node-2" });
    bench.lamps.delete("1002");
    bench.restart();
    bench.notifier.resume();
    await bench.pass(1000);
    assert.deepEqual([...bench.store.records.keys()].sort(), [first.id, "theirs"].sort());
    assert.equal(bench.notifier.subscriptions.size, 1);
    const last = phone.notifies.filter((notify) => notify.subscriptionState.startsWith("terminated"));
    assert.deepEqual(
      last.map(({ subscriptionState }) => subscriptionState),
      ["terminated;reason=noresource"],
    );
    assert.equal(phone.notifies.length, 4);
  });

  it("ends at a restart what expired meanwhile (T-6)", async () => {
    start();
    const phone = bench.phone();
    await phone.subscribe({ expires: 60 });
    bench.restart();
    await bench.clock.advanceAndSettle(100_000);
    bench.notifier.resume();
    await bench.pass(1000);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(bench.store.records.size, 0);
  });

  it("keeps a stream's subscription quietly, and tells the phone as soon as it has registered again (S-57, S-92)", async () => {
    start();
    const phone = bench.phone({ transport: "tcp" });
    const watch = await phone.subscribe();
    phone.flow.closed = true;
    bench.restart();
    bench.notifier.resume();
    for (const state of ["Ringing", "InUse"] as const) {
      await bench.pass(70_000);
      await bench.show("1001", state);
    }
    phone.moveTo(6060);
    bench.notifier.registered({
      aor: "5001",
      contact: "sip:5001@192.0.2.21:5060;line=7",
      instance: undefined,
      flow: phone.flow,
    });
    assert.match(phone.newest.text, />confirmed</);
    assert.equal(phone.newest.header("Call-ID"), watch.callId);
    assert.equal(phone.notifies.length, 2);
  });

  it("ends a stream's subscription at its time when the phone does not come back, and one over WebSocket when it cannot be told (T-6, T-21)", async () => {
    start();
    const [phone, browser] = [bench.phone({ transport: "tcp" }), bench.phone({ transport: "ws" })];
    await phone.subscribe({ expires: 600 });
    await browser.subscribe({ expires: 600 });
    for (const { flow } of [phone, browser]) flow.closed = true;
    await bench.show("1001", "Ringing");
    await bench.pass(40_000);
    assert.equal(bench.notifier.subscriptions.size, 1);
    await bench.passLong(650_000);
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
  });

  it("is tried again once for all whose grant was refused while the store was away, and warned of once (S-94)", async () => {
    start();
    bench.store.isDown = true;
    for (let at = 0; at < 50; at += 1) await bench.phone({ account: `60${at}` }).subscribe();
    let tries = 0;
    const remove = bench.store.remove.bind(bench.store);
    bench.store.remove = (id) => {
      tries += 1;
      return remove(id);
    };
    await bench.pass(60_000);
    assert.ok(tries >= 5 && tries <= 7, `${tries} tries in a minute`);
    assert.equal(bench.warnings.filter((text) => text.includes("trying again")).length, 1);
    bench.store.isDown = false;
    await bench.pass(11_000);
    assert.ok(tries >= 50 && tries < 60, `${tries} tries`);
    await bench.pass(60_000);
    assert.ok(tries < 60, "what is done is done");
  });

  it("does not come back at a restart when it ended, though its last NOTIFY needed numbers (S-53, S-71)", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.restart();
    phone.answers = undefined;
    await watch.send({ expires: 0 });
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(bench.store.records.size, 0);
    bench.restart();
    bench.notifier.resume();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, 2);
  });

  it("is removed from the store as soon as that can be done again (S-94)", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.store.isDown = true;
    await watch.send({ expires: 0 });
    assert.equal(watch.status, 200);
    await bench.pass(15_000);
    bench.store.isDown = false;
    assert.equal(bench.store.records.size, 1);
    await bench.pass(11_000);
    assert.equal(bench.store.records.size, 0);
  });

  it("starts nothing for a write that ends after the stop", async () => {
    start();
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.store.hold();
    await watch.send();
    await phone.subscribe({ event: "presence" });
    bench.end();
    bench.store.release();
    await settle();
    assert.equal(phone.notifies.length, 1);
    assert.equal(bench.clock.pending, 0);
  });

  it("sends nothing when it stops; every dialog stays stored (design §9.8) (C-30)", async () => {
    start();
    const phone = bench.phone();
    await phone.subscribe();
    bench.notifier.stop();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, 1);
    assert.equal(bench.store.records.size, 1);
  });
});
