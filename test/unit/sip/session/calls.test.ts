import assert from "node:assert/strict";
import { ANSWER, challenge, OFFER, responseText, SessionBench } from "./session-bench.ts";
import { headerIn } from "#test/support/wire";

describe("a call to us", () => {
  it("is tried, rings, is answered, acknowledged and ended by them (B-1, B-2)", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called();
    session.progress(180);
    session.accept(ANSWER);
    assert.deepEqual(bench.newLines, ["100", "180", "200"]);
    assert.equal(headerIn(bench.last, "Contact"), "<sip:100@192.0.2.1:5060>");
    assert.match(headerIn(bench.last, "To") ?? "", new RegExp(`;tag=${session.id}$`));
    peer.toTag = session.id;
    await peer.ack();
    assert.equal(await peer.say("BYE"), 200);
    assert.deepEqual(user.heard, ["acknowledged", "ended bye them"]);
    await bench.assertNothingLeft();
  });

  it("is taken back (B-6)", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called();
    session.progress(180);
    await peer.cancel({ Reason: 'SIP;cause=200;text="Call completed elsewhere"' });
    assert.deepEqual(bench.newLines, ["100", "180", "200", "487"]);
    assert.deepEqual(user.heard, ["ended cancelled them"]);
    await peer.ack();
    await bench.assertNothingLeft();
  });
});

describe("a call of ours", () => {
  it("rings, is answered, acknowledged and ended by us", async () => {
    const bench = new SessionBench();
    const { session, user, invite } = await bench.call();
    await bench.say(responseText(invite, 180));
    await bench.say(responseText(invite, 200, { body: OFFER }));
    assert.deepEqual(user.heard, ["progress 180", "answered 4000"]);
    assert.equal(session.phase, "confirmed");
    session.end();
    assert.deepEqual(bench.newLines, ["INVITE", "ACK", "BYE"]);
    await bench.say(responseText(bench.last, 200));
    assert.deepEqual(user.heard.slice(2), ["ended bye us"]);
    await bench.assertNothingLeft();
  });

  it("answers a challenge", async () => {
    const bench = new SessionBench();
    const { user, invite } = await bench.call({ credentials: { user: "u", password: "p" } });
    await bench.say(responseText(invite, 407, { headers: { "Proxy-Authenticate": challenge() } }));
    const [, ack, again] = bench.news;
    assert.match(ack ?? "", /^ACK /);
    assert.equal(headerIn(again ?? "", "CSeq"), "2 INVITE");
    assert.match(headerIn(again ?? "", "Proxy-Authorization") ?? "", /realm="trunk.example"/);
    await bench.say(responseText(again ?? "", 486));
    assert.deepEqual(user.heard, ["ended refused them 486"]);
    await bench.assertNothingLeft();
  });
});
