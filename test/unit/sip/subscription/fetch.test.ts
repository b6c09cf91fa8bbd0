import assert from "node:assert/strict";
import { readListNotify } from "#test/support/list-phone";
import { NotifierBench } from "#test/support/notifier-bench";

const ACCEPT = "application/dialog-info+xml, application/rlmi+xml, multipart/related";
const LIST = { uri: "sip:keys@pbx.example", headers: { Supported: "eventlist", Accept: ACCEPT } };

describe("a fetch (S-54)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
    bench.profile = "polycom";
    bench.lists.set("keys", ["1001", "1002"]);
  });
  afterEach(() => {
    bench.end();
  });

  it("of a ringing line tells that it rings, also where a change goes by way of its end (D-6)", async () => {
    await bench.show("1001", "Ringing");
    const { notifies } = await bench.phone().subscribe({ expires: 0 });
    assert.deepEqual(
      notifies.map(({ state }) => state),
      ["early"],
    );
    assert.equal(notifies[0]?.subscriptionState, "terminated;reason=timeout");
  });

  it("of a list with a ringing line tells the same", async () => {
    await bench.show("1001", "Ringing");
    const { notifies } = await bench.phone().subscribe({ ...LIST, expires: 0 });
    const told = notifies.map((notify) => readListNotify(notify.header("Content-Type") ?? "", notify.body));
    assert.equal(told.length, 1);
    const states = told[0]?.resources.map(({ document }) => /<state>(\w+)</.exec(document ?? "")?.[1]);
    assert.deepEqual(states, ["early", "terminated"]);
  });

  it("leaves nothing, and has nothing removed from the store that was never there", async () => {
    const removed: string[] = [];
    const remove = bench.store.remove.bind(bench.store);
    bench.store.remove = (id) => {
      removed.push(id);
      return remove(id);
    };
    const phone = bench.phone();
    await phone.subscribe({ expires: 0 });
    await bench.pass(1000);
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.saves, removed], [0, 0, []]);
    const watch = await phone.subscribe();
    const [id] = bench.store.records.keys();
    await watch.send({ expires: 0 });
    await bench.pass(1000);
    assert.match(phone.newest.subscriptionState, /^terminated/);
    assert.deepEqual([...new Set(removed)], [id]);
    // An end removes once more when its NOTIFY is over: the record may have come back meanwhile.
    assert.ok(removed.length <= 2, `removed ${removed.length} times`);
  });
});
