import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import { headerIn, statusOf } from "#test/support/wire";

describe("SUBSCRIBE in a dialog", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  it("refreshes: 200 with the same tag and its Expires, and a whole document at once (S-50)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe({ expires: 600 });
    const to = headerIn(watch.response, "To");
    await bench.pass(300_000);
    await watch.send({ expires: 900, headers: { "Record-Route": "<sip:p.example;lr>" } });
    assert.equal(watch.status, 200);
    assert.equal(headerIn(watch.response, "To"), to);
    assert.equal(headerIn(watch.response, "Expires"), "900");
    assert.equal(headerIn(watch.response, "Record-Route"), "<sip:p.example;lr>");
    assert.equal(headerIn(watch.response, "Contact"), "<sip:192.0.2.1:5060>");
    assert.equal(watch.notifies.length, 2);
    assert.equal(phone.newest.subscriptionState, "active;expires=900");
    await bench.pass(900_000);
    assert.equal(phone.notifies.length, 2, "the old expiry does not count any more");
  });

  it("moves target and flow (S-50, S-58, S-80, T-7)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const before = phone.flow;
    phone.moveTo(9060);
    await watch.send();
    assert.equal(watch.status, 200);
    await bench.pass(200);
    await bench.show("1001", "InUse");
    assert.equal(before.sent.filter((text) => text.startsWith("NOTIFY")).length, 1);
    assert.deepEqual(
      phone.flow.startLines.filter((line) => line.startsWith("NOTIFY")),
      Array(2).fill("NOTIFY sip:5001@192.0.2.21:9060;line=7 SIP/2.0"),
    );
    assert.deepEqual(
      phone.notifies.map((notify) => notify.version),
      [0, 1, 2],
    );
    const [record] = [...bench.store.records.values()];
    assert.deepEqual([record?.flow.port, record?.dialog.remoteTarget], [9060, "sip:5001@192.0.2.21:9060;line=7"]);
  });

  it("makes nothing anew where nothing moved", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const [one] = bench.notifier.subscriptions.all();
    assert.ok(one !== undefined);
    const [head, { dialog, watcher, flow }] = [one.head, one.record];
    await watch.send();
    assert.equal(watch.notifies.length, 2);
    assert.ok(head !== undefined && one.head === head);
    assert.ok(one.record.dialog === dialog && one.record.watcher === watcher && one.record.flow === flow);
  });

  it("keeps the target without a Contact, refuses one that cannot be read", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    await watch.send({ headers: { Contact: "" } });
    assert.equal(watch.status, 200);
    assert.equal(phone.newest.uri, phone.contact.slice(1, -1));
    await watch.send({ headers: { Contact: "<mailto:x>" } });
    assert.equal(watch.status, 400);
    assert.equal(watch.notifies.length, 2);
  });

  it("gets 481 and no NOTIFY in an unknown dialog (S-51, T-8)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const foreign: Record<string, string>[] = [
      { To: "<sip:1001@pbx.example>;tag=1234567890abcdef" },
      { "Call-ID": "another" },
      { From: "<sip:5001@pbx.example>;tag=another" },
      { From: "<sip:5001@pbx.example>" },
    ];
    for (const headers of foreign) {
      const text = await watch.send({ headers });
      assert.equal(statusOf(phone.received.at(-1) ?? ""), 481, text);
    }
    assert.equal(phone.notifies.length, 1);
  });

  it("is told 481 before anybody asks for credentials (step 17)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    bench.authenticate = () => assert.fail("asked for credentials");
    await watch.send({ headers: { "Call-ID": watch.callId, To: "<sip:1001@pbx.example>;tag=ffff" } });
    assert.equal(watch.status, 481);
  });

  it("shows who it is when it comes from another address, and must be the same (G-12)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    phone.moveTo(9060);
    bench.authenticate = () => ({ type: "account", name: "5002" });
    await watch.send();
    assert.equal(watch.status, 403);
    bench.authenticate = (transaction) => {
      transaction.respond({ status: 401 });
      return undefined;
    };
    await watch.send();
    assert.equal(watch.status, 401);
    bench.authenticate = () => ({ type: "account", name: "5001" });
    await watch.send();
    assert.equal(watch.status, 200);
    assert.equal(watch.notifies.length, 2);
  });

  it("must have a higher CSeq; gaps are fine (S-75, T-18)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const asked: readonly (readonly [number, number])[] = [
      [10, 200],
      [9, 500],
      [10, 500],
      [11, 200],
      [4000, 200],
    ];
    for (const [cseq, status] of asked) {
      await watch.send({ headers: { CSeq: `${cseq} SUBSCRIBE` } });
      assert.equal(watch.status, status, String(cseq));
    }
    assert.equal(watch.notifies.length, 4, "nothing is sent for those out of order");
    const refused = watch.responses.find((text) => statusOf(text) === 500);
    assert.match(headerIn(refused ?? "", "Retry-After") ?? "", /^([0-9]|10)$/);
  });

  it("counts the CSeq of a refused request too (RFC 3261 §12.2.2)", async () => {
    const watch = await bench.phone().subscribe();
    await watch.send({ headers: { CSeq: "20 SUBSCRIBE" }, expires: 1 });
    assert.equal(watch.status, 423);
    await watch.send({ headers: { CSeq: "19 SUBSCRIBE" } });
    assert.equal(watch.status, 500);
  });

  it("checks Event and Expires as outside a dialog; another usage is another subscription (steps 12, 16, S-59)", async () => {
    const watch = await bench.phone().subscribe({ event: "dialog;id=1" });
    const asked: readonly (readonly [string, number, number])[] = [
      ["", 3600, 489],
      ["unknown", 3600, 489],
      ["dialog", 0, 481],
      ["presence;id=1", 0, 481],
      ["dialog;id=2", 59, 423],
      ["dialog;id=2", 60, 200],
      ["Dialog;id=1", 60, 200],
      ["dialog;id=1", 59, 423],
      ["dialog;id=1", 60, 200],
    ];
    for (const [event, expires, status] of asked) {
      await watch.send({ headers: { Event: event }, expires });
      assert.equal(watch.status, status, event);
    }
  });

  it("unsubscribes: 200 with Expires 0, one last NOTIFY, silence (S-53, T-5)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    await watch.send({ expires: 0 });
    assert.equal(watch.status, 200);
    assert.equal(headerIn(watch.response, "Expires"), "0");
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(phone.newest.version, Number.NaN);
    assert.deepEqual([bench.store.records.size, bench.notifier.subscriptions.size], [0, 0]);
    await bench.show("1001", "InUse");
    assert.equal(phone.notifies.length, 2);
    await watch.send({ expires: 0 });
    assert.equal(watch.status, 481, "a phone that answers the last NOTIFY with another unsubscribe is not told again");
    assert.equal(phone.notifies.length, 2);
  });

  it("sends the last NOTIFY after the one in flight (S-70)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    phone.answers = undefined;
    await bench.show("1001", "InUse");
    await watch.send({ expires: 0 });
    assert.equal(phone.notifies.length, 2);
    await phone.answer(phone.newest, 200);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    await phone.answer(phone.newest, 200);
    await bench.pass(40_000);
    assert.equal(phone.notifies.length, 3);
  });

  it("says goodbye where the phone is now (S-58)", async () => {
    const phone = bench.phone({ transport: "tcp" });
    const watch = await phone.subscribe();
    phone.moveTo(9060);
    await watch.send({ expires: 0 });
    assert.equal(phone.newest.uri, "sip:5001@192.0.2.21:9060;line=7");
    assert.equal(phone.flow.startLines.at(-1)?.startsWith("NOTIFY"), true);
  });

  it("fetches: one NOTIFY, terminated and whole, nothing kept (S-54, S-55, T-4)", async () => {
    await bench.show("1001", "InUse");
    const phone = bench.phone();
    const watch = await phone.subscribe({ expires: 0 });
    assert.equal(headerIn(watch.response, "Expires"), "0");
    assert.equal(phone.notifies.length, 1);
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(phone.newest.state, "confirmed");
    assert.equal(phone.newest.version, 0);
    await bench.show("1001", "Ringing");
    await bench.pass(40_000);
    assert.equal(phone.notifies.length, 1);
    assert.deepEqual([bench.store.saves, bench.notifier.subscriptions.size], [0, 0]);
    await watch.send();
    assert.equal(watch.status, 481);
  });

  it("fetches while the store is down", async () => {
    bench.store.isDown = true;
    const phone = bench.phone();
    const watch = await phone.subscribe({ expires: 0 });
    assert.equal(watch.status, 200);
    assert.equal(phone.notifies.length, 1);
  });

  it("starts anew with an old Call-ID and From tag, and the old one is dropped (S-52)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const first = headerIn(watch.response, "To");
    await bench.pass(40_000);
    await watch.send({ headers: { To: "<sip:1001@pbx.example>", CSeq: "1 SUBSCRIBE" } });
    assert.equal(watch.status, 200);
    assert.notEqual(headerIn(watch.response, "To"), first);
    assert.equal(bench.notifier.subscriptions.size, 1);
    await bench.pass(200);
    await bench.show("1001", "InUse");
    assert.equal(phone.notifies.length, 3);
  });

  it("goes to where the phone was heard, behind a NAT (S-80, T-19)", async () => {
    const phone = bench.phone({ host: "203.0.113.7", port: 40_001 });
    await phone.subscribe({ headers: { Contact: "<sip:5001@192.168.1.20:5060;line=2>" } });
    await bench.show("1001", "InUse");
    assert.equal(phone.newest.uri, "sip:5001@192.168.1.20:5060;line=2");
    assert.equal(phone.flow.sent.filter((text) => text.startsWith("NOTIFY")).length, 2);
  });

  it("is repeated with the same bytes and runs once (S-3, T-17)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const text = await watch.send();
    for (const again of [text, text]) {
      await bench.pass(500);
      phone.say(again);
    }
    assert.deepEqual(new Set(watch.responses.slice(1)).size, 1);
    assert.equal(watch.responses.length, 4);
    assert.equal(watch.notifies.length, 2);
    assert.equal(bench.notifier.subscriptions.size, 1);
  });
});
