import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";

const UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

describe("a phone that subscribes anew (S-29, design §9.7)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  /** Calls of the dialogs that are told about a change. */
  const told = async (): Promise<string[]> => {
    await bench.pass(40_000);
    const before = new Set(bench.phones.flatMap((phone) => phone.notifies.map((notify) => notify.text)));
    await bench.show("1001", bench.lamps.get("1001")?.state === "InUse" ? "Idle" : "InUse");
    const after = bench.phones.flatMap((phone) => phone.notifies).filter((notify) => !before.has(notify.text));
    return after.map((notify) => notify.header("Call-ID") ?? "");
  };

  it("replaces its old subscription silently, after the first NOTIFY of the new one is acknowledged (T-22)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    phone.answers = undefined;
    const second = await phone.subscribe();
    assert.equal(bench.notifier.subscriptions.size, 2);
    await phone.answer(phone.newest, 200);
    assert.equal(bench.notifier.subscriptions.size, 1);
    assert.equal(bench.store.records.size, 1);
    phone.answers = { status: 200 };
    assert.deepEqual(await told(), [second.callId]);
    assert.ok(phone.notifies.every((notify) => notify.subscriptionState.startsWith("active")));
  });

  it("is known by +sip.instance from another port, in any case", async () => {
    const phone = bench.phone({ instance: UUID });
    await phone.subscribe();
    const again = bench.phone({ instance: UUID.toUpperCase() });
    const second = await again.subscribe();
    assert.deepEqual(await told(), [second.callId]);
  });

  it("is another phone with another instance, even from the same address", async () => {
    const phone = bench.phone({ instance: UUID, port: 5060 });
    const first = await phone.subscribe();
    const other = bench.phone({ instance: UUID.replace("f", "e"), port: 5060 });
    const second = await other.subscribe();
    assert.deepEqual(new Set(await told()), new Set([first.callId, second.callId]));
  });

  it("is another phone from another port without an instance", async () => {
    const first = await bench.phone().subscribe();
    const second = await bench.phone().subscribe();
    assert.equal(bench.notifier.subscriptions.size, 2);
    assert.deepEqual(new Set(await told()), new Set([first.callId, second.callId]));
  });

  it("keeps subscriptions with another Event id, account, resource or package", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await phone.subscribe({ event: "dialog;id=7" });
    await phone.subscribe({ event: "dialog;id=8" });
    await phone.subscribe({ event: "presence" });
    await phone.subscribe({ uri: "sip:1002@pbx.example" });
    await phone.subscribe({ headers: { From: "<sip:5009@pbx.example>;tag=x" } });
    assert.equal(bench.notifier.subscriptions.size, 6);
    await phone.subscribe({ event: "dialog;id=7" });
    assert.equal(bench.notifier.subscriptions.size, 6);
  });

  it("replaces whatever is left when it reboots twice in a row (S-56)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    phone.answers = undefined;
    await phone.subscribe();
    phone.answers = { status: 200 };
    const third = await phone.subscribe();
    assert.equal(bench.notifier.subscriptions.size, 1);
    assert.deepEqual(await told(), [third.callId]);
    assert.equal(bench.store.records.size, 1);
  });

  it("keeps the old one when the new one is refused, and replaces it the next time", async () => {
    const phone = bench.phone();
    const first = await phone.subscribe();
    phone.answers = { status: 481 };
    await phone.subscribe();
    await bench.pass(600);
    phone.answers = { status: 200 };
    assert.deepEqual(await told(), [first.callId]);
    const third = await phone.subscribe();
    assert.deepEqual(await told(), [third.callId]);
  });

  it("is known by the flow of its newest refresh when it has no instance", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    phone.moveTo(9060);
    await watch.send();
    const second = await phone.subscribe();
    assert.deepEqual(await told(), [second.callId]);
    const other = bench.phone({ port: 5060 });
    await other.subscribe();
    assert.equal(bench.notifier.subscriptions.size, 2, "the port it left is another phone's");
  });

  it("finishes the replacement after a restart", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.pass(2000);
    phone.answers = undefined;
    const second = await phone.subscribe();
    assert.equal(bench.store.records.size, 2);
    bench.restart();
    phone.answers = { status: 200 };
    bench.notifier.resume();
    await bench.pass(100);
    assert.equal(bench.notifier.subscriptions.size, 1);
    assert.deepEqual(await told(), [second.callId]);
  });

  it("is not stopped by the limit that its old subscriptions fill", async () => {
    bench.end();
    bench = new NotifierBench({ limits: { perAccountAndSource: 2 } });
    const phone = bench.phone();
    await phone.subscribe();
    await phone.subscribe({ event: "presence" });
    assert.equal((await phone.subscribe({ uri: "sip:1002@pbx.example" })).status, 403);
    assert.equal((await phone.subscribe()).status, 200);
    assert.equal(bench.notifier.subscriptions.size, 2);
  });

  it("tells phones of one trusted source apart by their Contact", async () => {
    bench.authenticate = () => ({ type: "trusted" });
    const phone = bench.phone();
    const ask = (contact: string): Promise<unknown> => phone.subscribe({ headers: { Contact: contact } });
    await ask("<sip:a@10.0.0.1>");
    await ask("<sip:b@10.0.0.2>");
    assert.equal(bench.notifier.subscriptions.size, 2);
    await ask("<sip:b@10.0.0.2>");
    assert.equal(bench.notifier.subscriptions.size, 2);
  });

  it("may use its Call-ID and From tag again, from another port too: a new dialog, and the old one is over (S-52)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const [before] = watch.notifies;
    phone.moveTo(9060);
    // Without our tag, as if it had never had an answer.
    await watch.send({ headers: { To: "<sip:1001@pbx.example>" } });
    assert.equal(watch.status, 200);
    const [old, fresh] = watch.responses.map((text) => /;tag=(\w+)/.exec(/^To: (.*)$/m.exec(text)?.[1] ?? "")?.[1]);
    assert.notEqual(old, fresh);
    assert.equal(bench.notifier.subscriptions.size, 1);
    await bench.show("1001", "InUse");
    assert.match(phone.newest.header("From") ?? "", new RegExp(`tag=${fresh ?? "?"}$`));
    assert.match(before?.header("From") ?? "", new RegExp(`tag=${old ?? "?"}$`));
  });

  it("keeps what another account has under the same Call-ID and From tag", async () => {
    const watch = await bench.phone().subscribe();
    const stranger = bench.phone({ account: "5002" });
    bench.authenticate = () => ({ type: "account", name: "5002" });
    stranger.say(watch.write({ headers: { To: "<sip:1001@pbx.example>" } }));
    await bench.pass(100);
    assert.equal(bench.notifier.subscriptions.size, 2);
  });
});
