import assert from "node:assert/strict";
import { settle } from "#test/support/fake-clock";
import { headerIn } from "#test/support/wire";
import { ANSWER, challenge, OFFER, OTHER, parsedRequest, responseText, SessionBench, shortLine } from "./session-bench.ts";

const reliable = (rseq: number): Record<string, string> => ({ Require: "100rel", RSeq: String(rseq) });

describe("a call of ours: what it says", () => {
  it("is all that the peer must know, and its own loop token", async () => {
    const bench = new SessionBench();
    const { invite, session } = await bench.call({
      routes: ["<sip:proxy.example;lr>"],
      headers: [
        ["Max-Forwards", "12"],
        ["Alert-Info", "<http://x>;info=a\0b"],
      ],
    });
    assert.match(invite, /^INVITE sip:5001@192\.0\.2\.21:5060 SIP\/2\.0\r\n/);
    assert.equal(headerIn(invite, "Max-Forwards"), "12");
    assert.equal(headerIn(invite, "Route"), "<sip:proxy.example;lr>");
    assert.equal(headerIn(invite, "From"), `"Front" <sip:100@pbx.example>;tag=${session.id}`);
    assert.equal(headerIn(invite, "Contact"), "<sip:100@192.0.2.1:5060>");
    assert.equal(headerIn(invite, "Alert-Info"), "<http://x>;info=a b");
    assert.equal(headerIn(invite, "Session-Expires"), "1800");
    assert.equal(headerIn(invite, "Min-SE"), "90");
    assert.equal(parsedRequest(invite).body, ANSWER);
  });

  it("what cannot be written ends it, and nobody else", async () => {
    const bench = new SessionBench();
    const { user } = await bench.call({ uri: "sip:5001@192.0.2.21\r\nX: y" });
    assert.deepEqual(user.heard, ["ended refused us 500"]);
    assert.deepEqual(bench.flow.sent, []);
    assert.equal(bench.sessions.count, 0);
  });
});

describe("a call of ours: its forks (B-2, B-3)", () => {
  it("takes the first 2xx; every other one is acknowledged and ended, each repeat acknowledged alike", async () => {
    const bench = new SessionBench();
    const { user, invite, session } = await bench.call();
    await bench.say(responseText(invite, 180, { tag: "a" }));
    await bench.say(responseText(invite, 183, { tag: "b", body: OTHER }));
    const [first, second] = ["b", "a"].map((tag) => responseText(invite, 200, { tag, body: OFFER })) as [string, string];
    bench.news;
    await bench.say(first);
    const [ack] = bench.news;
    await bench.say(second);
    const [otherAck, bye] = bench.news;
    await bench.say(first);
    await bench.say(second);
    assert.deepEqual(bench.news, [ack, otherAck]);
    assert.match(headerIn(ack ?? "", "To") ?? "", /tag=b$/);
    assert.equal(headerIn(ack ?? "", "CSeq"), "1 ACK");
    assert.match(headerIn(otherAck ?? "", "To") ?? "", /tag=a$/);
    assert.match(headerIn(bye ?? "", "To") ?? "", /tag=a$/);
    assert.equal(headerIn(bye ?? "", "CSeq"), "2 BYE");
    assert.deepEqual(user.heard, ["progress 180", "progress 183 sdp", "answered 4000"]);
    assert.equal(session.phase, "confirmed");
  });

  it("gives the description of the 18x when the 200 has none, and ends a call that has none at all", async () => {
    const bench = new SessionBench();
    const { user, invite } = await bench.call();
    await bench.say(responseText(invite, 183, { body: OTHER }));
    await bench.say(responseText(invite, 200));
    assert.deepEqual(user.heard, ["progress 183 sdp", "answered 4002"]);
    const bare = await bench.call();
    await bench.say(responseText(bare.invite, 200));
    assert.deepEqual(bare.user.heard, ["ended lost no-such-dialog"]);
    assert.deepEqual(bench.newLines.slice(-2), ["ACK", "BYE"]);
  });
});

describe("a call of ours: its end before an answer (B-4, B-5)", () => {
  it("says CANCEL once a provisional answer came, with its Reason", async () => {
    const bench = new SessionBench();
    const { session, user, invite } = await bench.call();
    session.end({ reasons: [{ protocol: "SIP", cause: 200, text: "Call completed elsewhere" }] });
    await settle();
    assert.deepEqual(user.heard, ["ended cancelled us"]);
    assert.deepEqual(bench.newLines, ["INVITE"]);
    await bench.say(responseText(invite, 180));
    const cancel = parsedRequest(bench.last);
    const sent = parsedRequest(invite);
    assert.equal(cancel.method, "CANCEL");
    assert.deepEqual([cancel.via.branch, cancel.cseq.number, cancel.to.text], [sent.via.branch, 1, sent.to.text]);
    assert.equal(headerIn(bench.last, "Reason"), 'SIP;cause=200;text="Call completed elsewhere"');
    await bench.say(responseText(bench.last, 200));
    await bench.say(responseText(invite, 487));
    assert.deepEqual(bench.newLines, ["CANCEL", "ACK"]);
    assert.deepEqual(user.heard, ["ended cancelled us"]);
    await bench.assertNothingLeft();
  });

  it("acknowledges and ends a 2xx that crosses the CANCEL", async () => {
    const bench = new SessionBench();
    const { session, user, invite } = await bench.call();
    await bench.say(responseText(invite, 180));
    session.end();
    await bench.say(responseText(invite, 200, { body: OFFER }));
    assert.deepEqual(bench.newLines, ["INVITE", "CANCEL", "ACK", "BYE"]);
    assert.deepEqual(user.heard, ["progress 180", "ended cancelled us"]);
    await bench.assertNothingLeft();
  });

  it("waits 64·T1 for the answer to a cancelled INVITE, then forgets it", async () => {
    const bench = new SessionBench();
    const { session, invite } = await bench.call();
    await bench.say(responseText(invite, 180));
    session.end();
    await bench.pass(32_100);
    assert.equal(bench.layer.counts.clients, 0);
    await bench.assertNothingLeft();
  });
});

describe("a call of ours: its refusals", () => {
  it("is sent again with the interval that a 422 wants (B-20)", async () => {
    const bench = new SessionBench();
    const { user, invite } = await bench.call();
    await bench.say(responseText(invite, 422, { headers: { "Min-SE": "3600" } }));
    const again = bench.last;
    assert.equal(headerIn(again, "Session-Expires"), "3600");
    assert.equal(headerIn(again, "Min-SE"), "3600");
    assert.equal(headerIn(again, "CSeq"), "2 INVITE");
    assert.equal(headerIn(again, "Call-ID"), headerIn(invite, "Call-ID"));
    await bench.say(responseText(again, 302, { headers: { Contact: "<sip:other@192.0.2.9>" } }));
    assert.deepEqual(user.heard, ["ended refused them 302"]);
    await bench.assertNothingLeft();
  });

  it("does not answer a challenge twice, nor without a password, nor after its end", async () => {
    const bench = new SessionBench();
    const headers = { "WWW-Authenticate": challenge() };
    const { user, invite } = await bench.call({ credentials: { user: "u", password: "wrong" } });
    await bench.say(responseText(invite, 401, { headers }));
    await bench.say(responseText(bench.last, 401, { headers }));
    assert.deepEqual(user.heard, ["ended refused them 401"]);
    const bare = await bench.call();
    await bench.say(responseText(bare.invite, 401, { headers }));
    assert.deepEqual(bare.user.heard, ["ended refused them 401"]);
    const ended = await bench.call({ credentials: { user: "u", password: "p" } });
    ended.session.end();
    await bench.say(responseText(ended.invite, 401, { headers }));
    assert.equal(shortLine(bench.last), "ACK");
    await bench.assertNothingLeft();
  });

  it("gives up a server that calls every nonce stale", async () => {
    const bench = new SessionBench();
    const { user } = await bench.call({ credentials: { user: "u", password: "p" } });
    for (let round = 0; round < 10 && user.ends.length === 0; round += 1) {
      const headers = { "WWW-Authenticate": `${challenge()}, stale=true` };
      await bench.say(responseText(bench.last, 401, { headers }));
    }
    assert.deepEqual(user.heard, ["ended refused them 401"]);
    assert.equal(bench.newLines.filter((line) => line === "INVITE").length, 4);
  });

  it("hears nothing (timer B), or cannot be sent", async () => {
    const bench = new SessionBench();
    const { user } = await bench.call();
    await bench.pass(32_100);
    assert.deepEqual(user.heard, ["ended lost timeout"]);
    bench.flow.closed = true;
    const second = await bench.call().catch(() => undefined);
    await bench.pass(100);
    assert.deepEqual(second?.user.heard, ["ended lost transport"]);
    await bench.assertNothingLeft();
  });
});

describe("reliable provisional answers of theirs (RFC 3262 §4)", () => {
  it("are acknowledged in their order, each once", async () => {
    const bench = new SessionBench();
    const { user, invite } = await bench.call();
    bench.news;
    await bench.say(responseText(invite, 183, { headers: reliable(7), body: OFFER }));
    assert.equal(headerIn(bench.last, "RAck"), "7 1 INVITE");
    assert.equal(headerIn(bench.last, "CSeq"), "2 PRACK");
    await bench.say(responseText(invite, 183, { headers: reliable(7), body: OFFER }));
    await bench.say(responseText(invite, 180, { headers: reliable(9) }));
    assert.deepEqual(bench.newLines, ["PRACK"]);
    await bench.say(responseText(invite, 180, { headers: reliable(8) }));
    assert.equal(headerIn(bench.last, "RAck"), "8 1 INVITE");
    assert.equal(headerIn(bench.last, "CSeq"), "3 PRACK");
    assert.deepEqual(user.heard, ["progress 183 sdp", "progress 180"]);
    await bench.say(responseText(invite, 200, { body: OFFER }));
    assert.equal(headerIn(bench.last, "CSeq"), "1 ACK");
  });

  it("open the way for an UPDATE in both directions (B-9)", async () => {
    const bench = new SessionBench();
    const { session, invite, user } = await bench.call();
    const { PeerDialog } = await import("./session-bench.ts");
    const peer = PeerDialog.called(bench, invite);
    await bench.say(responseText(invite, 180, { headers: { Allow: "UPDATE" } }));
    // Our offer has no answer yet.
    assert.equal(await peer.say("UPDATE", { body: OTHER }), 491);
    void session.offer(ANSWER);
    await bench.say(responseText(invite, 183, { headers: reliable(1), body: OFFER }));
    assert.deepEqual(bench.newLines.slice(-2), ["PRACK", "UPDATE"]);
    await bench.say(responseText(bench.last, 200, { body: OTHER }));
    assert.equal(await peer.say("UPDATE", { body: OTHER }), 200);
    assert.deepEqual(user.heard, ["progress 180", "progress 183 sdp", "offer 4002"]);
  });
});

describe("a call of ours: the dialog that its answer makes (RFC 3261 §12.1.2)", () => {
  it("goes back over the Record-Route in reverse, to the Contact of the answer", async () => {
    const bench = new SessionBench();
    const { session, invite } = await bench.call();
    const headers = { "Record-Route": "<sip:near.example;lr>, <sip:far.example;lr>" };
    await bench.say(responseText(invite, 200, { body: OFFER, headers }));
    session.end();
    await settle();
    assert.match(bench.last, /^BYE sip:5001@192\.0\.2\.21:5060 /);
    assert.deepEqual(
      bench.last.match(/^Route: .*$/gm)?.map((line) => line.trim()),
      ["Route: <sip:far.example;lr>", "Route: <sip:near.example;lr>"],
    );
    assert.equal(headerIn(bench.last, "From"), `"Front" <sip:100@pbx.example>;tag=${session.id}`);
  });

  it("is over another flow once the app has found it again", async () => {
    const bench = new SessionBench({}, "tcp");
    const { session } = await bench.confirmedCall();
    bench.flow.closed = true;
    bench.sessions.flowClosed(bench.flow);
    const { RecordedFlow } = await import("#test/support/recorded-flow");
    const flow = new RecordedFlow("tcp", "192.0.2.21", 6000);
    session.heardOn(flow);
    await bench.pass(40_000);
    session.end();
    await settle();
    assert.equal(shortLine(flow.sent.at(-1) ?? ""), "BYE");
  });
});
