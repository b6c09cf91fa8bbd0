import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";

/* The phone registers from elsewhere: what it watches follows it (S-57, S-84). */
const UUID = "00000000-0000-1000-8000-0004f2aabbcc";
const CONTACT = "sip:5001@192.0.2.21:5060;line=7";

describe("subscriptions of a phone that registers from another flow", () => {
  let bench: NotifierBench;

  beforeEach(() => {
    bench = new NotifierBench();
  });

  afterEach(() => {
    bench.end();
  });

  it("go on over the new flow, known by their Contact, in the same dialog and without a NOTIFY of their own", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    const told = watch.notifies.length;
    phone.moveTo(6060);
    bench.notifier.registered({ aor: "5001", contact: CONTACT, instance: undefined, flow: phone.flow });
    assert.equal(watch.notifies.length, told);
    await bench.show("1001", "Ringing");
    assert.equal(phone.flow.sent.filter((text) => text.startsWith("NOTIFY")).length, 1);
    assert.equal([...bench.store.records.values()][0]?.flow.port, 6060);
  });

  it("are told at once what could not be delivered, over the new connection (T-20)", async () => {
    const phone = bench.phone({ transport: "tcp", instance: UUID });
    const watch = await phone.subscribe();
    phone.flow.closed = true;
    await bench.show("1001", "Ringing");
    assert.equal(watch.notifies.length, 1);
    phone.moveTo(6060);
    bench.notifier.registered({ aor: "5001", contact: "sip:other", instance: `<urn:uuid:${UUID}>`, flow: phone.flow });
    assert.match(phone.newest.text, />early</);
    assert.equal(phone.newest.header("Call-ID"), watch.callId);
  });

  it("do not wait for timer F when the connection goes with a NOTIFY unanswered", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await phone.subscribe();
    phone.answers = undefined;
    await bench.show("1001", "Ringing");
    phone.flow.closed = true;
    bench.layer.flowClosed(phone.flow);
    phone.answers = { status: 200 };
    phone.moveTo(6060);
    bench.notifier.registered({ aor: "5001", contact: CONTACT, instance: undefined, flow: phone.flow });
    assert.equal(phone.flow.sent.filter((text) => text.startsWith("NOTIFY")).length, 1);
    await bench.pass(0);
  });

  it("wait for it, however long, when the connection took many NOTIFYs with it (C-35)", async () => {
    const phone = bench.phone({ transport: "tcp", instance: UUID });
    for (const extension of ["1001", "1002", "1003"]) await phone.subscribe({ uri: `sip:${extension}@pbx.example` });
    phone.answers = undefined;
    for (const extension of ["1001", "1002", "1003"]) await bench.show(extension, "Ringing");
    phone.flow.closed = true;
    bench.layer.flowClosed(phone.flow);
    await bench.pass(200_000);
    const told = phone.notifies.length;
    phone.answers = { status: 200 };
    phone.moveTo(6060);
    bench.notifier.registered({ aor: "5001", contact: "sip:other", instance: `<urn:uuid:${UUID}>`, flow: phone.flow });
    await bench.pass(1000);
    assert.equal(phone.notifies.length, told + 3);
  });

  it("stay where they are for another account, another phone, another transport, and behind a proxy", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    const proxied = await phone.subscribe({ uri: "sip:1002@pbx.example", headers: { "Record-Route": "<sip:192.0.2.99;lr>" } });
    const [elsewhere, stream] = [bench.phone({ port: 7070 }), bench.phone({ port: 7071, transport: "tcp" })];
    bench.notifier.registered({ aor: "5002", contact: CONTACT, instance: undefined, flow: elsewhere.flow });
    bench.notifier.registered({ aor: "5001", contact: "sip:5001@192.0.2.22", instance: undefined, flow: elsewhere.flow });
    bench.notifier.registered({ aor: "5001", contact: CONTACT, instance: undefined, flow: stream.flow });
    await bench.show("1001", "Ringing");
    assert.deepEqual([elsewhere.flow.sent, stream.flow.sent], [[], []]);
    bench.notifier.registered({ aor: "5001", contact: CONTACT, instance: undefined, flow: elsewhere.flow });
    await bench.show("1002", "Ringing");
    assert.equal(proxied.notifies.length, 2);
    assert.deepEqual(elsewhere.flow.sent, []);
  });

  it("are told at once over the new flow what went unanswered on the old one, and old answers no longer count (S-84)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe();
    phone.answers = undefined;
    await bench.show("1001", "Ringing");
    const lost = phone.newest;
    phone.answers = { status: 200 };
    phone.moveTo(6060);
    await watch.send();
    assert.equal(watch.status, 200);
    assert.match(phone.newest.text, />early</);
    assert.ok(phone.newest.cseq > lost.cseq);
    await phone.answer(lost, 481);
    await bench.pass(40_000);
    await bench.show("1001", "InUse");
    assert.match(phone.newest.text, />confirmed</);
  });
});
