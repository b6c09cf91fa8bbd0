import assert from "node:assert/strict";
import { NotifierBench } from "#test/support/notifier-bench";
import { headerIn } from "#test/support/wire";

describe("SUBSCRIBE outside a dialog", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  it("is answered 200 with To tag, Expires, Contact of ours and the Record-Routes (S-20)", async () => {
    const phone = bench.phone();
    const routes = "<sip:p1.example;lr>, <sip:p2.example;lr>";
    const watch = await phone.subscribe({ headers: { "Record-Route": routes } });
    assert.equal(watch.status, 200);
    assert.match(headerIn(watch.response, "To") ?? "", /^<sip:1001@pbx\.example>;tag=[0-9a-f]{16,}$/);
    assert.equal(headerIn(watch.response, "Expires"), "3600");
    assert.equal(headerIn(watch.response, "Contact"), "<sip:192.0.2.1:5060>");
    assert.equal(headerIn(watch.response, "Record-Route"), routes);
  });

  it("gets its first NOTIFY at once, whole, version 0, and after the 200 (S-21, S-22, T-1)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    assert.deepEqual(
      phone.received.map((text) => text.split(" ", 2).join(" ")),
      ["SIP/2.0 200", `NOTIFY ${phone.contact.slice(1, -1)}`],
    );
    assert.equal(phone.newest.version, 0);
    assert.equal(phone.newest.state, "terminated");
    assert.match(phone.newest.body, / state="full" entity="sip:1001@pbx\.example"/);
    assert.match(phone.newest.subscriptionState, /^active;expires=3600$/);
  });

  it("needs a Contact that can be read (S-23)", async () => {
    for (const contact of ["", "*", "<tel:5001>", "<sip:@>", "<sip:a@h>, <sip:b@h>"]) {
      const watch = await bench.phone().subscribe({ headers: { Contact: contact } });
      assert.equal(watch.status, 400, contact);
    }
    assert.equal(bench.store.records.size, 0);
  });

  it("sends NOTIFY along loose routes (S-24)", async () => {
    const phone = bench.phone();
    await phone.subscribe({ headers: { "Record-Route": '"P" <sip:p1.example;lr>;x=1, <sip:p2.example;lr=on>' } });
    assert.equal(phone.newest.uri, phone.contact.slice(1, -1));
    assert.deepEqual(
      phone.newest.head.filter((line) => line.startsWith("Route:")),
      ["Route: <sip:p1.example;lr>", "Route: <sip:p2.example;lr=on>"],
    );
  });

  it("sends NOTIFY to a strict router with the Contact as the last route (S-24)", async () => {
    const phone = bench.phone();
    await phone.subscribe({ headers: { "Record-Route": "<sip:strict.example>, <sip:p2.example;lr>" } });
    assert.equal(phone.newest.uri, "sip:strict.example");
    assert.deepEqual(
      phone.newest.head.filter((line) => line.startsWith("Route:")),
      ["Route: <sip:p2.example;lr>", `Route: ${phone.contact}`],
    );
  });

  it("reads the resource from To when the Request-URI has no user, as Yealink writes it (S-27)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe({ uri: "sip:pbx.example", headers: { To: "<sip:1002@pbx.example>" } });
    assert.equal(watch.status, 200);
    assert.match(phone.newest.body, / entity="sip:1002@pbx\.example"/);
    assert.match(phone.newest.header("From") ?? "", /^<sip:1002@pbx\.example>;tag=/);
  });

  it("names the entity as subscribed, without parameters and headers (S-28, presence.md 2.2)", async () => {
    const cases = {
      "sip:1001@pbx.example:5060;user=phone": "sip:1001@pbx.example:5060",
      "sip:1001@PBX.example;x=a@b": "sip:1001@PBX.example",
      "sip:100%31@pbx.example?Subject=a@b": "sip:100%31@pbx.example",
      "sip:1001@192.0.2.1": "sip:1001@192.0.2.1",
    };
    bench.authenticate = () => ({ type: "trusted" });
    for (const [uri, entity] of Object.entries(cases)) {
      const phone = bench.phone();
      const watch = await phone.subscribe({ uri });
      assert.equal(watch.status, 200, uri);
      assert.equal(/ entity="([^"]*)"/.exec(phone.newest.body)?.[1], entity, uri);
    }
  });

  it("knows no other hosts and users (step 11)", async () => {
    const uris = ["sip:1001@elsewhere.example", "sip:nobody@pbx.example", "sip:pbx.example"];
    for (const uri of uris) assert.equal((await bench.phone().subscribe({ uri })).status, 404, uri);
  });

  it("refuses unknown and missing packages with the list of ours (T-9, T-10)", async () => {
    for (const event of [
      "dialog;sla",
      "dialog;ma;id=1",
      "dialog;shared",
      "unknown",
      "",
      "dialog.winfo",
      "dia log",
      "x".repeat(65),
    ]) {
      const watch = await bench.phone().subscribe({ event: "dialog", headers: { Event: event } });
      assert.equal(watch.status, 489, event);
      assert.equal(
        headerIn(watch.response, "Allow-Events"),
        "dialog, presence, message-summary, reg, as-feature-event, call-info, line-seize",
      );
    }
    assert.equal((await bench.phone().subscribe({ event: `dialog;id=${"x".repeat(129)}` })).status, 400);
    assert.equal((await bench.phone().subscribe({ event: `dialog;id=${"x".repeat(128)}` })).status, 200);
  });

  it("answers 406 when nothing acceptable can be sent, the mismatches of presence.md §1.2 among it (T-11)", async () => {
    const refused: readonly (readonly [string, string])[] = [
      ["dialog", "application/simple-message-summary"],
      ["presence", "application/simple-message-summary"],
      ["dialog", "application/pidf+xml"],
      ["dialog", "application/dialog-info+xml;q=0"],
      ["dialog", "application/dialog-info+xml; q=0.0, text/plain"],
      ["dialog", "*/*;q=0.000"],
      ["dialog", "*/*, application/dialog-info+xml;q=0"],
      ["dialog", " "],
    ];
    for (const [event, accept] of refused) {
      const watch = await bench.phone().subscribe({ event, headers: { Accept: accept } });
      assert.equal(watch.status, 406, `${event} ${accept}`);
      assert.match(
        headerIn(watch.response, "Accept") ?? "",
        /^application\/(dialog-info\+xml|pidf\+xml, application\/xpidf\+xml)$/,
      );
    }
  });

  it("accepts no Accept, wildcards, lists, quality values and any case (S-25, T-12)", async () => {
    const accepted = [
      "",
      "*/*",
      "application/*",
      "text/plain, application/dialog-info+xml",
      "APPLICATION/Dialog-Info+XML",
      "application/dialog-info+xml;q=0.2",
      "application/dialog-info+xml ; version=2",
      "text/plain;q=0, */*;q=0.1",
    ];
    for (const accept of accepted) {
      const watch = await bench.phone().subscribe({ headers: { Accept: accept } });
      assert.equal(watch.status, 200, accept);
      assert.equal(watch.notifies[0]?.header("Content-Type"), "application/dialog-info+xml");
    }
  });

  it("is not harmed by many Accept values (S-26)", async () => {
    const many = Array.from({ length: 600 }, (_, at) => `text/x${at}`).join(", ");
    const first = await bench.phone().subscribe({ headers: { Accept: `application/dialog-info+xml, ${many}` } });
    assert.equal(first.status, 200);
    assert.equal((await bench.phone().subscribe({ headers: { Accept: many } })).status, 406);
    const lines = Array.from({ length: 100 }, (_, at) => `text/x${at}`).join("\r\nAccept: ");
    assert.equal((await bench.phone().subscribe({ headers: { Accept: lines } })).status, 406);
  });

  it("takes no body, and says so (step 15)", async () => {
    const watch = await bench.phone().subscribe({ headers: { "Content-Type": "application/simple-filter+xml" }, body: "<x/>" });
    assert.equal(watch.status, 415);
    assert.equal(headerIn(watch.response, "Accept"), "");
  });

  it("checks in the order of presence.md §1.2", async () => {
    const all = { Event: "nothing", Accept: "text/plain", Expires: "1", Contact: "" };
    const uri = "sip:nobody@elsewhere.example";
    const phone = bench.phone();
    const status = async (ask: { uri?: string; headers: Record<string, string>; body?: string }): Promise<number> =>
      (await phone.subscribe(ask)).status;
    assert.equal(await status({ uri, headers: all, body: "x" }), 404);
    assert.equal(await status({ uri: "sip:nobody@pbx.example", headers: all, body: "x" }), 489);
    assert.equal(await status({ uri: "sip:nobody@pbx.example", headers: { ...all, Event: "dialog" }, body: "x" }), 404);
    assert.equal(await status({ headers: { ...all, Event: "dialog" }, body: "x" }), 406);
    assert.equal(await status({ headers: { ...all, Event: "dialog", Accept: "*/*" }, body: "x" }), 415);
    assert.equal(await status({ headers: { ...all, Event: "dialog", Accept: "*/*" } }), 423);
    assert.equal(await status({ headers: { ...all, Event: "dialog", Accept: "*/*", Expires: "60" } }), 400);
    assert.equal(bench.store.saves, 0);
    assert.deepEqual(phone.notifies, []);
  });

  it("does nothing for a sender who was challenged", async () => {
    bench.authenticate = (transaction) => {
      transaction.respond({ status: 401 });
      return undefined;
    };
    const phone = bench.phone();
    const watch = await phone.subscribe();
    assert.equal(watch.status, 401);
    assert.deepEqual([phone.notifies.length, bench.store.saves, bench.notifier.subscriptions.size], [0, 0, 0]);
  });

  it("gives every subscription a long tag of its own (S-74)", async () => {
    const phone = bench.phone();
    const tags = new Set<string>();
    for (let call = 0; call < 20; call += 1) {
      const watch = await phone.subscribe({ event: `dialog;id=${call}` });
      tags.add(/;tag=(.*)$/.exec(headerIn(watch.response, "To") ?? "")?.[1] ?? "");
    }
    assert.equal(tags.size, 20);
    for (const tag of tags) assert.ok(tag.length >= 16);
  });
});
