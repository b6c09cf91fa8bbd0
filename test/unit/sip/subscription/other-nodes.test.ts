import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone, Watch } from "#test/support/phone";

describe("a node among others (S-93)", () => {
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

  it("says nothing while others may speak in its dialogs, and then only the newest", async () => {
    const told = phone.notifies.length;
    bench.maySpeak = false;
    await bench.show("1001", "Ringing");
    await bench.show("1001", "InUse");
    await bench.pass(20_000);
    assert.equal(phone.notifies.length, told);
    bench.maySpeak = true;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, told + 1);
    assert.match(phone.newest.text, /<state>confirmed</);
  });

  it("leaves no record of what ended meanwhile, also when it was missed in the store and written anew", async () => {
    bench.maySpeak = false;
    await watch.send({ expires: 0 });
    assert.equal(watch.status, 200);
    for (const { record } of bench.notifier.subscriptions.all()) await bench.store.save(record);
    bench.maySpeak = true;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.match(phone.newest.subscriptionState, /^terminated/);
    assert.equal(bench.store.records.size, 0);
  });

  it("repeats nothing meanwhile", async () => {
    phone.answers = undefined;
    await bench.show("1001", "InUse");
    await bench.pass(600);
    const datagrams = phone.received.length;
    bench.maySpeak = false;
    await bench.pass(5000);
    assert.equal(phone.received.length, datagrams);
    bench.maySpeak = true;
    await bench.pass(5000);
    assert.ok(phone.received.length > datagrams);
  });

  it("forgets a dialog that another one has taken without a word, and removes nothing of its record", async () => {
    const [subscription] = [...bench.notifier.subscriptions.all()];
    const id = subscription?.record.id ?? assert.fail("nobody watches");
    const told = phone.notifies.length;
    bench.store.takeAway(id);
    await bench.show("1001", "InUse");
    await bench.pass(5000);
    assert.equal(phone.notifies.length, told);
    assert.equal(bench.notifier.subscriptions.size, 0);
    assert.ok(bench.store.records.has(id));
  });

  it("ends nothing while others may speak: what expired may have been refreshed there", async () => {
    bench.maySpeak = false;
    await bench.pass(4_000_000);
    assert.equal(bench.notifier.subscriptions.size, 1);
    assert.equal(bench.store.records.size, 1);
    const [subscription] = [...bench.notifier.subscriptions.all()];
    bench.store.takeAway(subscription?.record.id ?? assert.fail("nobody watches"));
    bench.maySpeak = true;
    const told = phone.notifies.length;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, told, "another node's dialog was ended");
    assert.equal(bench.store.records.size, 1);
  });

  it("ends what expired meanwhile when it may speak again", async () => {
    bench.maySpeak = false;
    await bench.pass(4_000_000);
    bench.maySpeak = true;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.match(phone.newest.subscriptionState, /^terminated;reason=timeout/);
    assert.equal(bench.notifier.subscriptions.size, 0);
    assert.equal(bench.store.records.size, 0);
  });

  it("repeats nothing in a dialog that another one has taken", async () => {
    phone.answers = undefined;
    await bench.show("1001", "InUse");
    const datagrams = phone.received.length;
    const [subscription] = [...bench.notifier.subscriptions.all()];
    bench.store.takeAway(subscription?.record.id ?? assert.fail("nobody watches"));
    await bench.pass(40_000);
    assert.equal(phone.received.length, datagrams);
  });

  it("looks first whose a dialog is that is refreshed while others may speak, and goes on above their numbers", async () => {
    const [subscription] = [...bench.notifier.subscriptions.all()];
    const marks = { cseqMark: phone.newest.cseq + 1000, versionMark: 5000 };
    bench.store.elsewhere(subscription?.record.id ?? assert.fail("nobody watches"), marks);
    bench.maySpeak = false;
    await bench.show("1001", "InUse");
    bench.store.hold();
    const told = phone.notifies.length;
    await watch.send();
    bench.maySpeak = true;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, told, "spoke with numbers of the time before");
    bench.store.release();
    await bench.pass(1000);
    assert.equal(watch.status, 200);
    assert.equal(phone.notifies.length, told + 1);
    assert.ok(phone.newest.cseq >= marks.cseqMark && phone.newest.version >= marks.versionMark);
    assert.match(phone.newest.text, /<state>confirmed</);
  });

  it("has a dialog once that went away and came back before it noticed", async () => {
    const [before] = [...bench.notifier.subscriptions.all()];
    const record = before?.record ?? assert.fail("nobody watches");
    const versionMark = record.versionMark + 1000;
    bench.notifier.adopt([{ ...record, cseqMark: record.cseqMark + 1000, versionMark }]);
    await bench.pass(1000);
    await bench.show("1001", "InUse");
    await bench.pass(1000);
    await bench.show("1001", "Idle");
    await bench.pass(1000);
    assert.equal(bench.notifier.subscriptions.size, 1);
    const versions = phone.notifies.slice(1).map(({ version }) => version);
    assert.deepEqual(versions, [versionMark, versionMark + 1, versionMark + 2]);
  });

  it("looks after a takeover at what was taken, and leaves the others alone", async () => {
    const other = bench.phone();
    await other.subscribe();
    await bench.pass(1000);
    const [mine, theirs] = [...bench.notifier.subscriptions.all()].map(({ record }) => record);
    if (mine === undefined || theirs === undefined) assert.fail("two watch");
    bench.barred.add("5001");
    const told = phone.notifies.length;
    bench.notifier.adopt([{ ...theirs, cseqMark: theirs.cseqMark + 1000, versionMark: theirs.versionMark + 1000 }]);
    await bench.pass(1000);
    assert.equal(phone.notifies.length, told);
    assert.equal(other.newest.subscriptionState, "terminated;reason=rejected");
    assert.deepEqual(
      [...bench.notifier.subscriptions.all()].map(({ record }) => record.id),
      [mine.id],
    );
  });

  it("has one CSeq space for the usages of a dialog that come one after the other (S-59)", async () => {
    await watch.send({ event: "presence" });
    const [first, second] = [...bench.notifier.subscriptions.all()].map(({ record }) => record);
    if (first === undefined || second === undefined) assert.fail("two usages");
    bench.store.takeAway(first.id);
    bench.store.takeAway(second.id);
    bench.notifier.adopt([first]);
    bench.notifier.adopt([{ ...second, remoteCSeq: 100 }]);
    await watch.send({ headers: { CSeq: "50 SUBSCRIBE" } });
    assert.equal(watch.status, 500);
    await watch.send({ headers: { CSeq: "101 SUBSCRIBE" } });
    assert.equal(watch.status, 200);
  });

  it("tells what a refused request brought back while others may speak", async () => {
    const [subscription] = [...bench.notifier.subscriptions.all()];
    const marks = { cseqMark: phone.newest.cseq + 1000, versionMark: 5000 };
    bench.store.elsewhere(subscription?.record.id ?? assert.fail("nobody watches"), marks);
    bench.maySpeak = false;
    await bench.show("1001", "InUse");
    const told = phone.notifies.length;
    await watch.send({ headers: { CSeq: "1 SUBSCRIBE" } });
    assert.equal(watch.status, 500);
    bench.maySpeak = true;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, told + 1);
    assert.ok(phone.newest.cseq >= marks.cseqMark);
    assert.match(phone.newest.text, /<state>confirmed</);
  });

  it("says why something ended meanwhile, also when it expired after that", async () => {
    bench.maySpeak = false;
    await bench.withdraw("1001");
    await bench.pass(4_000_000);
    bench.maySpeak = true;
    bench.notifier.speak();
    await bench.pass(1000);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=noresource");
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
  });
});
