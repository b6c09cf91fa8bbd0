import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import { headerIn } from "#test/support/wire";

const HOUR_MS = 3_600_000;
const SILENT_PHONES = 1000;
/** Of one NOTIFY over UDP within 32 s (RFC 3261 §17.1.2.2). */
const SENDINGS_MAX = 11;

describe("the notifier on bad days", () => {
  it("waits for a phone that takes 5 s for its answer, and tells it the newest state then (S-17, S-70)", async () => {
    const bench = new NotifierBench();
    const phone = bench.phone();
    const watch = await phone.subscribe();
    phone.answers = undefined;
    await bench.show("1001", "Ringing");
    const slow = phone.newest;
    await bench.pass(2000);
    await bench.show("1001", "InUse");
    await bench.show("1001", "Hold");
    await bench.pass(3000);
    assert.equal(phone.newest.cseq, slow.cseq, "a second NOTIFY while one was in flight");
    phone.answers = { status: 200 };
    await phone.answer(slow, 200);
    await bench.pass(200);
    assert.deepEqual([phone.newest.cseq, phone.newest.state], [slow.cseq + 1, "confirmed"]);
    assert.equal(watch.notifies.length, 3);
    bench.end();
  });

  it("spends 11 datagrams a NOTIFY on each of 1,000 phones that answer nothing, and others notice nothing (C-35)", async function () {
    this.timeout(60_000);
    const bench = new NotifierBench({ tickMs: 100 });
    const good = bench.phone({ host: "192.0.2.1" });
    await good.subscribe();
    const silent = [];
    for (let at = 0; at < SILENT_PHONES; at += 1) {
      const phone = bench.phone({ host: `198.51.${at >> 8}.${at & 255}`, account: `a${at}` });
      await phone.subscribe();
      phone.answers = undefined;
      silent.push(phone);
    }
    await bench.show("1001", "Ringing");
    await bench.pass(1000);
    assert.equal(good.newest.state, "early");
    for (const state of ["InUse", "Hold", "Idle"] as const) {
      await bench.show("1001", state);
      await bench.passLong(70_000, 1000);
    }
    assert.equal(good.newest.state, "terminated");
    assert.equal(good.notifies.length, 5);
    for (const phone of silent) {
      const sendings = new Map<string, number>();
      for (const text of phone.received.filter((message) => message.startsWith("NOTIFY "))) {
        const cseq = headerIn(text, "CSeq") ?? "";
        sendings.set(cseq, (sendings.get(cseq) ?? 0) + 1);
      }
      // The one that it answered, then a first one and the one that decided.
      assert.ok(sendings.size <= 3, `${sendings.size} NOTIFYs to a phone that is gone`);
      for (const count of sendings.values()) assert.ok(count <= SENDINGS_MAX, `${count} sendings of one NOTIFY`);
    }
    assert.equal(bench.notifier.subscriptions.size, 1, "phones that are gone are kept");
    bench.end();
  });

  it("leaves no record of a subscription that it refused, also when the write was made and only its answer got lost", async () => {
    const bench = new NotifierBench();
    const save = bench.store.save.bind(bench.store);
    bench.store.save = async (record) => {
      await save(record);
      throw new Error("no answer");
    };
    assert.equal((await bench.phone().subscribe()).status, 503);
    await bench.pass(1000);
    assert.equal(bench.store.records.size, 0);
    bench.end();
  });

  it("goes on telling when the machine's clock is set back by an hour", async () => {
    const bench = new NotifierBench();
    const phone = bench.phone();
    await phone.subscribe();
    bench.clock.set(-HOUR_MS);
    await bench.show("1001", "Ringing");
    await bench.pass(200);
    assert.equal(phone.newest.state, "early");
    await bench.show("1001", "InUse");
    await bench.pass(200);
    assert.equal(phone.newest.state, "confirmed");
    bench.end();
  });
});
