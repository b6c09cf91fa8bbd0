import assert from "node:assert/strict";
import { CSEQ_MAX, MARK_BLOCK } from "#sip/subscription/limits";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import { settle } from "#test/support/fake-clock";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone } from "#test/support/phone";
import { headerIn } from "#test/support/wire";

describe("the order of NOTIFYs", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  const onlyRecord = (): SubscriptionRecord => [...bench.store.records.values()][0] ?? assert.fail("nothing is stored");
  const changeStored = (change: Partial<SubscriptionRecord>): void => {
    bench.store.records.set(onlyRecord().id, { ...onlyRecord(), ...change });
  };
  const rises = (phone: Phone): void => {
    const { notifies } = phone;
    const withBody = notifies.filter((notify) => notify.body !== "");
    for (let at = 1; at < notifies.length; at += 1) assert.ok((notifies[at]?.cseq ?? 0) > (notifies[at - 1]?.cseq ?? 0));
    for (let at = 1; at < withBody.length; at += 1) assert.ok((withBody[at]?.version ?? 0) > (withBody[at - 1]?.version ?? 0));
  };

  it("has one in flight; what comes up meanwhile is one document of the newest state (S-70)", async () => {
    const phone = bench.phone();
    phone.answers = undefined;
    await phone.subscribe();
    for (const state of ["InUse", "Ringing", "Hold"] as const) await bench.show("1001", state);
    await bench.pass(5000);
    assert.equal(phone.notifies.length, 1);
    await phone.answer(phone.newest, 200);
    assert.equal(phone.notifies.length, 2);
    assert.match(phone.newest.body, /\+sip\.rendering/);
    await phone.answer(phone.newest, 200);
    await bench.pass(5000);
    assert.equal(phone.notifies.length, 2);
  });

  it("says nothing when the newest state is the one that was shown", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    phone.answers = undefined;
    await bench.show("1001", "InUse");
    await bench.show("1001", "Ringing");
    await bench.show("1001", "InUse");
    await phone.answer(phone.newest, 200);
    await bench.pass(5000);
    assert.equal(phone.notifies.length, 2);
  });

  it("gives each watcher its own versions (S-72)", async () => {
    const [first, second] = [bench.phone(), bench.phone()];
    await first.subscribe();
    for (let at = 0; at < 5; at += 1) {
      await bench.show("1001", at % 2 === 0 ? "InUse" : "Idle");
      await bench.pass(200);
    }
    await second.subscribe();
    await bench.show("1001", "Ringing");
    assert.equal(first.newest.version, 6);
    assert.equal(second.newest.version, 1);
    rises(first);
    rises(second);
  });

  it("uses no number that is not reserved in the store (S-71)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    for (let at = 0; at < 600; at += 1) {
      await bench.show("1001", at % 2 === 0 ? "InUse" : "Idle");
      assert.ok(phone.newest.cseq < onlyRecord().cseqMark);
      assert.ok(phone.newest.version < onlyRecord().versionMark);
      await bench.pass(100);
    }
    assert.equal(phone.notifies.length, 601);
    assert.ok(bench.store.saves <= 5, `${bench.store.saves} writes for 601 NOTIFYs`);
    rises(phone);
  });

  it("waits for the store when all reserved numbers are used, and loses no state", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    bench.store.isDown = true;
    for (let at = 0; at < 300; at += 1) {
      await bench.show("1001", at % 2 === 0 ? "InUse" : "Idle");
      await bench.pass(100);
    }
    assert.equal(phone.notifies.length, MARK_BLOCK);
    await bench.show("1001", "Ringing");
    bench.store.isDown = false;
    await bench.pass(2000);
    assert.equal(phone.newest.state, "early");
    rises(phone);
  });

  it("skips forward over a restart, in the same dialog, with a whole document (S-71, S-91, T-33)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    for (let start = 0; start < 3; start += 1) {
      await bench.pass(200);
      await bench.show("1001", start % 2 === 0 ? "InUse" : "Ringing");
      bench.restart();
      bench.notifier.resume();
      await bench.pass(200);
    }
    rises(phone);
    assert.equal(watch.notifies.length, phone.notifies.length);
    assert.equal(new Set(phone.notifies.map((notify) => notify.header("From"))).size, 1);
    assert.equal(phone.newest.state, "confirmed");
    await watch.send();
    assert.equal(watch.status, 200);
    rises(phone);
  });

  it("ends with deactivated when CSeq runs out, and the dialog is over (S-73)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    changeStored({ cseqMark: CSEQ_MAX - 2 });
    bench.restart();
    bench.notifier.resume();
    for (let at = 0; at < 4; at += 1) {
      await bench.show("1001", at % 2 === 0 ? "InUse" : "Idle");
      await bench.pass(200);
    }
    assert.equal(phone.newest.subscriptionState, "terminated;reason=deactivated");
    assert.ok(phone.newest.cseq < 2 ** 31);
    rises(phone);
    assert.equal(bench.store.records.size, 0);
    await watch.send();
    assert.equal(watch.status, 481);
    assert.equal((await phone.subscribe()).status, 200);
  });

  it("refuses a refresh while the deactivated one waits for its answer (S-53)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    changeStored({ cseqMark: CSEQ_MAX });
    bench.restart();
    phone.answers = undefined;
    bench.notifier.resume();
    await bench.pass(100);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=deactivated");
    await watch.send();
    assert.equal(watch.status, 481);
  });

  for (const mark of [CSEQ_MAX + 1, 2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31]) {
    it(`writes no more than it must when a restart finds CSeq at ${mark}`, async () => {
      const phone = bench.phone();
      await phone.subscribe();
      changeStored({ cseqMark: mark });
      const { saves } = bench.store;
      bench.restart();
      bench.notifier.resume();
      await bench.pass(5000);
      assert.ok(bench.store.saves - saves <= 3);
      assert.equal(bench.store.records.size, 0);
      for (const notify of phone.notifies) assert.ok(notify.cseq < 2 ** 31);
      for (const notify of phone.notifies.slice(1)) assert.match(notify.subscriptionState, /^terminated;reason=deactivated$/);
    });
  }

  it("handles two SUBSCRIBEs of a dialog in turn while the store is slow (S-76)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe({ expires: 600 });
    bench.store.hold();
    await watch.send({ expires: 900 });
    await watch.send({ expires: 1200 });
    await watch.send({ expires: 0 });
    assert.equal(watch.responses.length, 1, "nothing is answered before it is stored");
    bench.store.release();
    await settle();
    assert.deepEqual(
      watch.responses.slice(1).map((text) => headerIn(text, "Expires")),
      ["900", "1200", "0"],
    );
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    rises(phone);
  });

  it("answers 481 to what waited for its turn until the dialog was over (S-76)", async () => {
    const watch = await bench.phone().subscribe();
    bench.store.hold();
    await watch.send({ expires: 0 });
    await watch.send({ expires: 600 });
    bench.store.release();
    await settle();
    assert.equal(watch.status, 481);
    assert.equal(bench.store.records.size, 0);
  });

  it("lets dialogs not wait for one another", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.store.hold();
    await watch.send();
    const other = await phone.subscribe({ event: "presence" });
    await bench.show("1001", "InUse");
    assert.equal(other.responses.length, 0);
    assert.equal(phone.newest.state, "confirmed", "lamps go on while the store is slow");
    bench.store.release();
    await settle();
    assert.equal(other.status, 200);
  });

  it("gives a refresh while a NOTIFY is in flight a document of its own (S-21)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    phone.answers = undefined;
    await watch.send();
    await watch.send();
    assert.equal(phone.notifies.length, 2);
    await phone.answer(phone.newest, 200);
    assert.equal(phone.notifies.length, 3);
    await phone.answer(phone.newest, 200);
    assert.equal(phone.notifies.length, 3);
  });
});
