import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone, Watch } from "#test/support/phone";
import { headerIn } from "#test/support/wire";

describe("several usages of one dialog (S-59, RFC 6665 §4.5.2)", () => {
  let bench: NotifierBench;
  let phone: Phone;
  let watch: Watch;
  beforeEach(async () => {
    bench = new NotifierBench();
    phone = bench.phone();
    watch = await phone.subscribe({ event: "dialog" });
    await watch.send({ event: "presence", expires: 600 });
    await watch.send({ event: "dialog;id=7", expires: 120 });
  });
  afterEach(() => {
    bench.end();
  });

  const eventsTold = async (act: () => Promise<void>): Promise<string[]> => {
    const before = phone.notifies.length;
    await act();
    await bench.pass(1000);
    return phone.notifies.slice(before).map((notify) => notify.header("Event") ?? "");
  };
  const risesAlways = (): void => {
    const numbers = phone.notifies.map((notify) => notify.cseq);
    numbers.forEach((number, at) => {
      assert.ok(at === 0 || number > (numbers[at - 1] ?? 0), numbers.join(" "));
    });
  };

  it("are accepted under one tag, each with its own Expires, document and version", async () => {
    assert.deepEqual(
      watch.responses.map((text) => headerIn(text, "Expires")),
      ["3600", "600", "120"],
    );
    assert.equal(new Set(watch.responses.map((text) => headerIn(text, "To"))).size, 1);
    assert.deepEqual(
      phone.notifies.map((notify) => notify.header("Event")),
      ["dialog", "presence", "dialog;id=7"],
    );
    assert.deepEqual(await eventsTold(() => bench.show("1001", "InUse")), ["dialog", "presence", "dialog;id=7"]);
    assert.deepEqual(
      phone.notifies.filter((notify) => notify.header("Event") !== "presence").map((notify) => notify.version),
      [0, 0, 1, 1],
    );
    risesAlways();
  });

  it("is refreshed one by one", async () => {
    assert.deepEqual(await eventsTold(() => watch.send({ event: "presence" }).then(() => undefined)), ["presence"]);
    assert.equal(watch.status, 200);
    assert.equal(bench.notifier.subscriptions.size, 3);
    risesAlways();
  });

  it("end one by one; the dialog goes with the last", async () => {
    await watch.send({ event: "dialog", expires: 0 });
    assert.equal(phone.newest.header("Event"), "dialog");
    assert.match(phone.newest.subscriptionState, /^terminated/);
    assert.deepEqual(await eventsTold(() => bench.show("1001", "InUse")), ["presence", "dialog;id=7"]);
    await bench.pass(130_000);
    assert.deepEqual(await eventsTold(() => bench.show("1001", "Idle")), ["presence"], "dialog;id=7 has expired");
    await watch.send({ event: "dialog" });
    assert.equal(watch.status, 200, "the dialog lives: a usage may come back");
    await watch.send({ event: "dialog", expires: 0 });
    await watch.send({ event: "presence", expires: 0 });
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
    await watch.send({ event: "presence" });
    assert.equal(watch.status, 481);
    risesAlways();
  });

  it("have one CSeq space of the phone too", async () => {
    await watch.send({ event: "presence", headers: { CSeq: "50 SUBSCRIBE" } });
    await watch.send({ event: "dialog", headers: { CSeq: "50 SUBSCRIBE" } });
    assert.equal(watch.status, 500);
    await watch.send({ event: "dialog", headers: { CSeq: "51 SUBSCRIBE" } });
    assert.equal(watch.status, 200);
  });

  it("move together to where the phone is now (S-58)", async () => {
    phone.moveTo(9060);
    await watch.send({ event: "presence" });
    await bench.show("1001", "Ringing");
    await bench.pass(1000);
    for (const notify of phone.notifies.slice(-3)) assert.match(notify.uri, /:9060;line=7$/);
  });

  it("go on over a restart in their dialog with higher numbers; 256 more, and another restart (S-71)", async () => {
    for (let round = 0; round < 3; round += 1) {
      bench.restart();
      bench.notifier.resume();
      await bench.pass(1000);
      for (let at = 0; at < 150; at += 1) {
        await bench.show("1001", at % 2 === 0 ? "InUse" : "Idle");
        await bench.pass(200);
      }
      risesAlways();
      // One of them goes, with the newest mark perhaps.
      await watch.send({ event: ["dialog;id=7", "dialog", "none"][round] ?? "", expires: 0 });
    }
    assert.deepEqual(await eventsTold(() => bench.show("1001", "Ringing")), ["presence"]);
    assert.equal(bench.notifier.subscriptions.size, 1);
  });

  for (const [status, left] of [
    [481, 2],
    [489, 2],
    [404, 0],
    [482, 0],
  ] as const) {
    it(`${status} ends ${left === 0 ? "the dialog" : "the usage"} (RFC 5057 §5.1)`, async () => {
      await bench.pass(2000);
      phone.answers = undefined;
      await bench.show("1001", "InUse");
      const [first] = phone.notifies.slice(-3);
      if (first !== undefined) await phone.answer(first, status);
      assert.equal(bench.notifier.subscriptions.size, left);
      assert.equal(bench.store.records.size, left);
    });
  }

  it("may not watch what the account may not, nor be more than twenty", async () => {
    await watch.send({ event: "unknown" });
    assert.equal(watch.status, 489);
    await watch.send({ event: "dialog;id=8", headers: { Accept: "text/plain" } });
    assert.equal(watch.status, 406);
    for (let at = 100; at < 117; at += 1) {
      await watch.send({ event: `dialog;id=${at}` });
      assert.equal(watch.status, 200);
    }
    await watch.send({ event: "dialog;id=200" });
    assert.equal(watch.status, 403);
    bench.lamps.delete("1001");
    await watch.send({ event: "dialog;id=300" });
    assert.notEqual(watch.status, 200);
  });

  it("is replaced by a new dialog usage by usage (S-29)", async () => {
    await phone.subscribe({ event: "presence" });
    assert.equal(bench.notifier.subscriptions.size, 3);
    assert.equal(new Set(await eventsTold(() => bench.show("1001", "InUse"))).size, 3);
  });
});
