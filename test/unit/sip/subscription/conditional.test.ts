import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone, Watch } from "#test/support/phone";

describe("a watcher that holds the present document (P-22, RFC 5839)", () => {
  let bench: NotifierBench;
  let phone: Phone;
  let watch: Watch;
  beforeEach(async () => {
    bench = new NotifierBench();
    phone = bench.phone();
    watch = await phone.subscribe();
    await bench.pass(1000);
  });
  afterEach(() => {
    bench.end();
  });

  const tag = (): string => phone.newest.header("SIP-ETag") ?? assert.fail("no SIP-ETag");
  const ask = async (condition: string, expires = 3600): Promise<number> => {
    const before = phone.notifies.length;
    await watch.send({ headers: { "Suppress-If-Match": condition }, expires });
    return phone.notifies.length - before;
  };

  it("is refreshed with 204 and no NOTIFY", async () => {
    assert.equal(await ask(tag()), 0);
    assert.equal(watch.status, 204);
    assert.match(watch.response, /\r\nExpires: 3600\r\n/);
    await bench.pass(3000_000);
    assert.equal(bench.notifier.subscriptions.size, 1);
    assert.equal(await ask(tag()), 0);
    await bench.pass(3000_000);
    assert.equal(bench.notifier.subscriptions.size, 1, "the refresh counts");
  });

  it("is told when it holds another one; a tag comes back with its state, on every node and after a restart", async () => {
    const idle = tag();
    await bench.show("1001", "InUse");
    const busy = tag();
    assert.notEqual(busy, idle);
    assert.equal(await ask(idle), 1);
    assert.equal(watch.status, 200);
    await bench.pass(1000);
    await bench.show("1001", "Idle");
    assert.equal(tag(), idle);
    bench.restart();
    bench.notifier.resume();
    await bench.pass(1000);
    assert.equal(tag(), idle);
    assert.equal(await ask(idle), 0);
  });

  it("is not told for *, whatever it holds", async () => {
    assert.equal(await ask("*"), 0);
    assert.equal(watch.status, 204);
  });

  it("unsubscribes without a last NOTIFY, and is gone", async () => {
    assert.equal(await ask(tag(), 0), 0);
    assert.equal(watch.status, 204);
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
  });

  it("fetches nothing anew", async () => {
    const fetched = await phone.subscribe({ expires: 0, headers: { "Suppress-If-Match": tag() } });
    assert.equal(fetched.status, 204);
    assert.equal(fetched.notifies.length, 0);
    const told = await phone.subscribe({ expires: 0, headers: { "Suppress-If-Match": "other" } });
    assert.equal(told.notifies.length, 1);
  });

  it("is told of the next change after all", async () => {
    await ask(tag());
    await bench.show("1001", "Hold");
    assert.equal(phone.newest.state, "confirmed");
  });

  it("is told that a line rings which it holds as idle, also where a change goes by way of its end (D-6)", async () => {
    bench.profile = "polycom";
    const polycom = bench.phone();
    const held = await polycom.subscribe();
    await bench.pass(1000);
    const idle = polycom.newest.header("SIP-ETag") ?? "";
    await bench.show("1001", "Ringing");
    await bench.pass(1000);
    const ringing = polycom.newest.header("SIP-ETag") ?? "";
    await held.send({ headers: { "Suppress-If-Match": idle } });
    assert.equal(held.status, 200);
    await bench.pass(1000);
    assert.equal(polycom.newest.state, "early");
    await held.send({ headers: { "Suppress-If-Match": ringing } });
    assert.equal(held.status, 204);
  });
});
