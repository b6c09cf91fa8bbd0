import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";

describe("subscriptions after a reload or a restart with another site", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  it("ends what its watcher may not see any more with rejected, and with a body of no lamp (S-30)", async () => {
    const [phone, other] = [bench.phone(), bench.phone({ account: "5002" })];
    const watch = await phone.subscribe();
    await other.subscribe();
    bench.barred.add("5001");
    bench.notifier.review();
    await bench.pass(1000);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=rejected");
    assert.equal(phone.newest.body, "");
    assert.equal(other.notifies.length, 1, "the other one is left alone");
    assert.equal(bench.store.records.size, 1);
    const told = phone.notifies.length;
    await watch.send();
    assert.equal(watch.status, 481, "no refresh brings it back");
    await bench.show("1001", "InUse");
    assert.equal(phone.notifies.length, told);
  });

  it("says nothing where nothing changed", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    bench.notifier.review();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, 1);
  });

  it("ends what was forbidden while no process ran", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    bench.barred.add("5001");
    bench.restart();
    bench.notifier.resume();
    await bench.pass(1000);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=rejected");
    assert.deepEqual([bench.store.records.size, bench.notifier.subscriptions.size], [0, 0]);
  });
});
