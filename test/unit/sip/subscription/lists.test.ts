import assert from "node:assert/strict";
import { ListPhone, readListNotify, type ListNotify } from "#test/support/list-phone";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Notify, Phone, Watch } from "#test/support/phone";
import { headerIn } from "#test/support/wire";

const ACCEPT = "application/dialog-info+xml, application/rlmi+xml, multipart/related";
const LIST = { uri: "sip:keys@pbx.example", headers: { Supported: "eventlist", Accept: ACCEPT } };
const FORTY = Array.from({ length: 40 }, (_, at) => String(2000 + at));

const read = (notify: Notify): ListNotify => readListNotify(notify.header("Content-Type") ?? "", notify.body);

describe("lists of resources (RFC 4662)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
    bench.lists.set("keys", ["1001", "1002", "1003"]);
    for (const extension of FORTY)
      bench.lamps.set(extension, { extension, context: "default", state: "Idle", since: 0, dialogs: [] });
    bench.lists.set("forty", FORTY);
  });
  afterEach(() => {
    bench.end();
  });

  const watchList = async (phone: Phone, name = "keys"): Promise<Watch> => {
    const watch = await phone.subscribe({ ...LIST, uri: `sip:${name}@pbx.example` });
    await bench.pass(1000);
    return watch;
  };
  const listsTold = (phone: Phone, from = 0): ListNotify[] => phone.notifies.slice(from).map(read);

  it("need Supported: eventlist (L-1)", async () => {
    const watch = await bench.phone().subscribe({ ...LIST, headers: { Accept: ACCEPT } });
    assert.equal(watch.status, 421);
    assert.equal(headerIn(watch.response, "Require"), "eventlist");
    const other = await bench.phone().subscribe({ ...LIST, headers: { Supported: "100rel, EventList", Accept: ACCEPT } });
    assert.equal(other.status, 200);
    assert.equal(headerIn(other.response, "Require"), "eventlist");
  });

  it("need a phone that takes their three types (L-2)", async () => {
    const cases: readonly (readonly [string, number])[] = [
      ["", 406],
      ["application/dialog-info+xml", 406],
      ["application/dialog-info+xml, application/rlmi+xml", 406],
      ["application/rlmi+xml, multipart/related", 406],
      ["application/*", 406],
      ["application/*, multipart/*", 200],
      ["*/*", 200],
    ];
    for (const [accept, status] of cases) {
      const watch = await bench.phone().subscribe({ ...LIST, headers: { Supported: "eventlist", Accept: accept } });
      assert.equal(watch.status, status, accept);
      if (status === 406)
        assert.match(watch.response, /\r\nAccept: multipart\/related, application\/rlmi\+xml, application\/dialog/);
    }
  });

  it("are told with Require: eventlist, every member once, in order (L-1, L-3, L-4)", async () => {
    const phone = bench.phone();
    const watch = await watchList(phone);
    const told = listsTold(phone);
    assert.deepEqual([told[0]?.isFull, told[0]?.version, told[0]?.uri], [true, 0, "sip:keys@pbx.example"]);
    const resources = told.flatMap(({ resources: some }) => some);
    assert.deepEqual(
      resources.map(({ uri, name, state }) => [uri, name, state]),
      ["1001", "1002", "1003"].map((user) => [`sip:${user}@pbx.example`, `Key ${user}`, "active"]),
    );
    for (const { document } of resources) assert.match(document ?? "", / version="0" state="full"/);
    await watch.send({ expires: 0 });
    for (const notify of phone.notifies) assert.equal(notify.header("Require"), "eventlist");
    assert.equal(headerIn(watch.response, "Require"), "eventlist", "the refresh says it too");
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
  });

  it("of 40 keys go over UDP in datagrams below 1300 bytes, without gaps, in less than a second (T-36, L-5, L-7)", async () => {
    const phone = bench.phone();
    await watchList(phone, "forty");
    const told = listsTold(phone);
    for (const notify of phone.notifies) assert.ok(notify.text.length <= 1300, `${notify.text.length} bytes`);
    assert.deepEqual(
      told.map(({ version }) => version),
      told.map((_, at) => at),
    );
    assert.deepEqual(
      told.map(({ isFull }) => isFull),
      told.map((_, at) => at === 0),
    );
    assert.deepEqual(
      told.flatMap(({ resources }) => resources.map(({ uri }) => uri)),
      FORTY.map((user) => `sip:${user}@pbx.example`),
    );
    assert.ok(phone.notifies.length <= 40);
  });

  it("of 40 keys go over a stream in one NOTIFY, and so does a fetch", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await watchList(phone, "forty");
    assert.deepEqual([phone.notifies.length, listsTold(phone)[0]?.resources.length], [1, 40]);
    const udp = bench.phone();
    await udp.subscribe({ ...LIST, uri: "sip:forty@pbx.example", expires: 0 });
    assert.deepEqual([udp.notifies.length, listsTold(udp)[0]?.resources.length], [1, 40]);
  });

  it("tell a change alone, with the member's own version (L-5, L-6)", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await watchList(phone);
    await bench.show("1002", "InUse");
    await bench.pass(300);
    await bench.show("1002", "Idle");
    await bench.pass(300);
    await bench.show("1003", "Ringing");
    const told = listsTold(phone);
    assert.deepEqual(
      told.map(({ isFull, version, resources }) => [
        isFull,
        version,
        resources
          .map(({ uri, document }) => `${uri.slice(4, 8)}:${/version="(\d+)" state/.exec(document ?? "")?.[1] ?? ""}`)
          .join(),
      ]),
      [
        [true, 0, "1001:0,1002:0,1003:0"],
        [false, 1, "1002:1"],
        [false, 2, "1002:2"],
        [false, 3, "1003:1"],
      ],
    );
  });

  it("gather what changes within 200 ms; the first change goes at once (L-7)", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await watchList(phone, "forty");
    for (const extension of FORTY) await bench.show(extension, "InUse");
    assert.equal(phone.notifies.length, 2);
    await bench.pass(250);
    assert.equal(phone.notifies.length, 3);
    assert.equal(listsTold(phone)[2]?.resources.length, 39);
  });

  it("are told whole after a refresh (L-5)", async () => {
    const phone = bench.phone({ transport: "tcp" });
    const watch = await watchList(phone);
    await bench.show("1002", "InUse");
    await bench.pass(300);
    await watch.send();
    const newest = read(phone.newest);
    assert.deepEqual([newest.isFull, newest.resources.length], [true, 3]);
  });

  it("say of members that may not be seen that they are rejected, and tell them when they may (L-9)", async () => {
    const lamp = bench.lamps.get("1002");
    bench.lamps.delete("1002");
    const phone = bench.phone({ transport: "tcp" });
    await watchList(phone);
    const hidden = read(phone.newest).resources[1];
    assert.deepEqual([hidden?.state, hidden?.reason, hidden?.document], ["terminated", "rejected", undefined]);
    if (lamp !== undefined) bench.lamps.set("1002", lamp);
    await bench.show("1002", "InUse");
    assert.deepEqual(
      read(phone.newest).resources.map(({ uri, state }) => [uri, state]),
      [["sip:1002@pbx.example", "active"]],
    );
  });

  it("are told whole, in the same subscription, when they have other members (L-10)", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await watchList(phone);
    await bench.relist("keys", ["1003", "2001"]);
    const newest = read(phone.newest);
    assert.equal(newest.isFull, true);
    assert.deepEqual(
      newest.resources.map(({ uri }) => uri),
      ["sip:1003@pbx.example", "sip:2001@pbx.example"],
    );
    assert.equal(bench.notifier.subscriptions.size, 1);
  });

  it("go on over a restart with numbers that never go back (S-72, L-6)", async () => {
    const phone = bench.phone({ transport: "udp" });
    const keys = new ListPhone();
    await watchList(phone);
    bench.restart();
    bench.notifier.resume();
    await bench.pass(2000);
    await bench.show("1001", "Hold");
    await bench.pass(2000);
    for (const notify of listsTold(phone)) keys.take(notify);
    assert.deepEqual(
      [...keys.keys].map(([uri, { shows }]) => [uri.slice(4, 8), shows]),
      [
        ["1001", "confirmed"],
        ["1002", "terminated"],
        ["1003", "terminated"],
      ],
    );
  });

  it("begin again when a part is not acknowledged", async () => {
    const phone = bench.phone();
    phone.answers = undefined;
    await watchList(phone, "forty");
    await phone.answer(phone.newest, 200);
    await phone.answer(phone.newest, 500);
    phone.answers = { status: 200 };
    await bench.pass(5000);
    const told = listsTold(phone);
    assert.deepEqual(
      told.flatMap(({ isFull }, at) => (isFull ? [at] : [])),
      [0, 2],
    );
    assert.equal(told.slice(2).flatMap(({ resources }) => resources).length, 40);
  });

  it("keep a Polycom's lamp from going from busy to ringing without an end (D-6)", async () => {
    const phone = bench.phone({ userAgent: "PolycomVVX-VVX_411-UA/5.9", transport: "tcp" });
    const watch = await watchList(phone);
    await bench.show("1001", "InUse");
    await bench.pass(300);
    await bench.show("1001", "Ringing");
    await bench.pass(1000);
    await bench.show("1001", "InUse");
    await bench.pass(1000);
    bench.lamps.set("1001", { extension: "1001", context: "default", state: "Ringing", since: 0, dialogs: [] });
    await watch.send();
    await bench.pass(1000);
    const shown = listsTold(phone).flatMap(({ resources }) =>
      resources.filter(({ uri }) => uri.includes("1001")).map(({ document }) => /<state>(\w+)</.exec(document ?? "")?.[1]),
    );
    assert.deepEqual(shown, ["terminated", "confirmed", "terminated", "early", "confirmed", "terminated", "early"]);
  });

  it("of presence are told as well", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await phone.subscribe({
      ...LIST,
      event: "presence",
      headers: { Supported: "eventlist", Accept: "application/pidf+xml, application/rlmi+xml, multipart/related" },
    });
    assert.match(read(phone.newest).resources[0]?.document ?? "", /<presence /);
  });

  it("have a boundary that stands in no part (RFC 2046 §5.1.1)", async () => {
    const phone = bench.phone({ transport: "tcp" });
    await watchList(phone);
    const remote = { uri: "sip:x@y", name: "\r\n--lamps\r\n--lampsz--" };
    await bench.show("1001", "Ringing", [{ id: "1", direction: "recipient", held: false, remote }]);
    assert.equal(read(phone.newest).resources.length, 1);
    assert.doesNotMatch(phone.newest.header("Content-Type") ?? "", /boundary="lampsz?"$/);
  });

  it("let nobody wait because another member changes all the time", async () => {
    const phone = bench.phone();
    await watchList(phone, "forty");
    const from = phone.notifies.length;
    for (const extension of FORTY)
      bench.lamps.set(extension, { extension, context: "default", state: "InUse", since: 1, dialogs: [] });
    for (let at = 0; at < 100; at += 1) {
      await bench.show("2000", at % 2 === 0 ? "Hold" : "InUse");
      await bench.pass(100);
    }
    const users = new Set(listsTold(phone, from).flatMap(({ resources }) => resources.map(({ uri }) => uri)));
    assert.equal(users.size, 40);
  });

  it("end with nothing, or with all members in the last NOTIFY where the profile says so (presence.md §6.3)", async () => {
    const last = async (profile: string): Promise<Notify> => {
      bench.profile = profile;
      const phone = bench.phone();
      const watch = await watchList(phone, "forty");
      await bench.pass(60_000);
      await watch.send({ ...LIST, uri: "sip:forty@pbx.example", expires: 0 });
      assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
      return phone.newest;
    };
    assert.equal((await last("single")).body, "");
    assert.equal(read(await last("compatible")).resources.length, 40);
  });
});
