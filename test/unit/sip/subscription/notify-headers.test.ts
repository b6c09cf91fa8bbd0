import assert from "node:assert/strict";
import { notifyHead, notifyText } from "#sip/subscription/notify-text";
import { NotifierBench } from "#test/support/notifier-bench";
import { RecordedFlow } from "#test/support/recorded-flow";
import { headerIn, request } from "#test/support/wire";

describe("NOTIFY, header by header (presence.md §1.5)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  it("has these headers in this order and no others", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    assert.deepEqual(phone.newest.headerNames, [
      "Via",
      "Max-Forwards",
      "From",
      "To",
      "Call-ID",
      "CSeq",
      "Contact",
      "Event",
      "Subscription-State",
      "SIP-ETag",
      "Content-Type",
      "Content-Length",
    ]);
  });

  it("goes to the Contact unchanged, with its parameters", async () => {
    const phone = bench.phone();
    await phone.subscribe({ headers: { Contact: '"x" <sip:5001@10.0.0.9:1024;line=ab%20;ob;transport=udp>;expires=60' } });
    assert.equal(phone.newest.uri, "sip:5001@10.0.0.9:1024;line=ab%20;ob;transport=udp");
  });

  it("has our Via with rport and a branch of its own, and 70 hops", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1001", "InUse");
    const vias = phone.notifies.map((notify) => notify.header("Via") ?? "");
    for (const via of vias) assert.match(via, /^SIP\/2\.0\/UDP 192\.0\.2\.1:5060;rport;branch=z9hG4bK[\w.-]{8,}$/);
    assert.notEqual(vias[0], vias[1]);
    assert.equal(phone.newest.header("Max-Forwards"), "70");
  });

  it("echoes To as From with our tag and From as To, byte for byte (dialog matching by naive phones)", async () => {
    const names = [
      ['"Bo \\"b\\", <x>" <sip:5001@pbx.example:5060;user=phone>;tag=a.b;x=1', "<sip:1001@pbx.example;y=2>"],
      ["sip:5001@pbx.example;tag=bare", "sip:1001@pbx.example"],
      ["B\xc3\xb6 <SIP:5001@PBX.example>;tag=%41", "Lobby  <sip:1001@pbx.example>;q=1"],
    ] as const;
    for (const [from, to] of names) {
      const phone = bench.phone();
      const watch = await phone.subscribe({ headers: { From: from, To: to } });
      const tag = /;tag=([0-9a-f]+)$/.exec(headerIn(watch.response, "To") ?? "")?.[1] ?? "";
      assert.equal(phone.newest.header("To"), from);
      assert.equal(phone.newest.header("From"), `${to};tag=${tag}`);
      assert.equal(phone.newest.header("Call-ID"), watch.callId);
    }
  });

  it("serves a peer without a From tag (RFC 2543)", async () => {
    const phone = bench.phone();
    const watch = await phone.subscribe({ headers: { From: "<sip:5001@pbx.example>" } });
    assert.equal(phone.newest.header("To"), "<sip:5001@pbx.example>");
    await watch.send({ headers: { From: "<sip:5001@pbx.example>" } });
    assert.equal(watch.status, 200);
  });

  it("starts with a random CSeq below 2^16 and rises by one, the version too (S-71, S-72)", async () => {
    const firsts = new Set<number>();
    for (let call = 0; call < 20; call += 1) {
      const phone = bench.phone();
      const watch = await phone.subscribe();
      await watch.send();
      const [first, second] = phone.notifies;
      assert.ok(first !== undefined && second !== undefined);
      assert.ok(first.cseq >= 1 && first.cseq < 2 ** 16);
      assert.equal(second.cseq, first.cseq + 1);
      assert.deepEqual([first.version, second.version], [0, 1]);
      assert.match(first.header("CSeq") ?? "", /^\d+ NOTIFY$/);
      firsts.add(first.cseq);
    }
    assert.ok(firsts.size > 10);
  });

  it("has our address for the next SUBSCRIBE, over the same transport", async () => {
    const udp = bench.phone();
    const tcp = bench.phone({ transport: "tcp" });
    await udp.subscribe();
    await tcp.subscribe();
    assert.equal(udp.newest.header("Contact"), "<sip:192.0.2.1:5060>");
    assert.equal(tcp.newest.header("Contact"), "<sip:192.0.2.1:5060;transport=tcp>");
    assert.match(tcp.newest.header("Via") ?? "", /^SIP\/2\.0\/TCP /);
  });

  it("names the host of the resource as its watcher wrote it where a package asks for it", () => {
    const dialog = { callId: "c", localTag: "l", remoteTag: "r", localAddress: "<sip:a>", remoteAddress: "<sip:b>;tag=r" };
    const document = { contentType: undefined, ownHeaders: (host: string) => `X-Host: ${host}\r\n`, pieces: [""], holes: [] };
    const hostIn = (entity: string): string | undefined => {
      const facts = { dialog: { ...dialog, remoteTarget: "sip:b@192.0.2.21", routeSet: [] }, event: "call-info", entity };
      return headerIn(
        notifyText(notifyHead(facts, new RecordedFlow()), { branch: "z9hG4bK1", cseq: 1 }, "active", document, ""),
        "X-Host",
      );
    };
    assert.equal(hostIn("sip:5001@PBX.example:5070"), "PBX.example");
    assert.equal(hostIn("sip:5001@[2001:db8::1]"), "[2001:db8::1]");
    assert.equal(hostIn("tel:5001"), "");
  });

  it("echoes package and id of Event as received and nothing else (S-29, T-13)", async () => {
    const echoes = {
      "dialog;id=7": "dialog;id=7",
      "dialog;include-session-description": "dialog",
      "dialog;call-id=x;id=aB%7;to-tag=y": "dialog;id=aB%7",
      "Dialog;id=8": "Dialog;id=8",
      "dialog ; ID=9": "dialog;id=9",
    };
    for (const [event, echo] of Object.entries(echoes)) {
      const phone = bench.phone();
      const watch = await phone.subscribe({ event });
      assert.equal(phone.newest.header("Event"), echo);
      await watch.send({ event });
      assert.equal(watch.status, 200, "a refresh is the same usage");
      assert.equal(phone.newest.header("Event"), echo);
    }
  });

  it("has the exact media type without parameters, and the length of the body in bytes", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1001", "InUse", [
      { id: "a", direction: "recipient", remote: { uri: "sip:2@pbx.example", name: "Jürgen ☎" } },
    ]);
    const { newest } = phone;
    assert.equal(newest.header("Content-Type"), "application/dialog-info+xml");
    assert.equal(newest.header("Content-Length"), String(newest.body.length));
    assert.ok(Buffer.from(newest.body, "latin1").toString("utf8").includes('display="Jürgen ☎"'));
  });

  it("is not longer than a datagram carries, whatever the caller's name is (S-9, C-20)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1001", "Ringing", [
      { id: "a", direction: "recipient", remote: { uri: `sip:${"5".repeat(900)}@h`, name: "&".repeat(10_000) } },
    ]);
    assert.ok(phone.newest.text.length <= 1300, String(phone.newest.text.length));
  });

  it("breaks no line, whatever is in the name of a caller (X-13, T-32)", async () => {
    const phone = bench.phone();
    await phone.subscribe();
    await bench.show("1001", "Ringing", [
      { id: "a", direction: "recipient", remote: { uri: "sip:2@h", name: '"><b>&\r\nX: 1' } },
    ]);
    assert.equal(phone.newest.header("X"), undefined);
    assert.ok(!phone.newest.body.includes("\r"));
    assert.match(phone.newest.body, /display="&quot;&gt;&lt;b&gt;&amp;&#13;&#10;X: 1"/);
  });

  it("ends with the reasons of presence.md §1.6: timeout for expiry and unsubscribe, noresource for what is gone", async () => {
    const [expired, left, gone] = [bench.phone(), bench.phone(), bench.phone()];
    await expired.subscribe({ expires: 60 });
    const watch = await left.subscribe();
    await gone.subscribe({ uri: "sip:1003@pbx.example" });
    await bench.pass(70_000);
    await watch.send({ expires: 0 });
    await bench.withdraw("1003");
    assert.equal(expired.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(left.newest.subscriptionState, "terminated;reason=timeout");
    assert.equal(gone.newest.subscriptionState, "terminated;reason=noresource");
    for (const phone of [expired, left, gone]) assert.equal(phone.newest.header("Content-Length"), "0");
    assert.equal(bench.store.records.size, 0);
  });

  it("is not sent for a SUBSCRIBE to nobody in particular", () => {
    const phone = bench.phone();
    phone.say(request("SUBSCRIBE", "sip:pbx.example", 5060, { Event: "dialog" }));
    assert.deepEqual(phone.notifies, []);
  });

  it("is told once in the log when it does not fit into a datagram, and goes all the same (C-20)", async () => {
    const bench = new NotifierBench();
    const phone = bench.phone();
    const long = "9".repeat(400);
    bench.lamps.set(long, { extension: long, context: "default", state: "Idle", since: 0, dialogs: [] });
    await phone.subscribe({ uri: `sip:${long}@pbx.example` });
    await bench.show(long, "InUse");
    await bench.pass(1000);
    assert.ok(phone.newest.text.length > 1300);
    assert.equal(phone.newest.state, "confirmed");
    assert.deepEqual(bench.warnings, ["a NOTIFY is longer than a datagram should be: let this phone register over TCP"]);
    bench.end();
  });
});
