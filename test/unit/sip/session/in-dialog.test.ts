import assert from "node:assert/strict";
import { settle } from "#test/support/fake-clock";
import { RecordedFlow } from "#test/support/recorded-flow";
import { headerIn } from "#test/support/wire";
import { ANSWER, OFFER, OTHER, outcomeOf, responseText, SessionBench, shortLine, type Confirmed } from "./session-bench.ts";

const sides = {
  called: (bench: SessionBench): Promise<Confirmed> => bench.confirmedIncoming(),
  calling: (bench: SessionBench): Promise<Confirmed> => bench.confirmedCall(),
};

for (const [side, confirm] of Object.entries(sides)) {
  describe(`requests in the dialog of a ${side} session`, () => {
    it("come in rising order (RFC 3261 §12.2.2), and only with its tags", async () => {
      const bench = new SessionBench();
      const { peer, user } = await confirm(bench);
      assert.equal(await peer.say("INFO", { cseq: 10 }), 200);
      assert.equal(await peer.say("INFO", { cseq: 9 }), 500);
      assert.match(headerIn(bench.last, "Retry-After") ?? "", /^\d+$/);
      peer.fromTag = "somebody";
      assert.equal(await peer.say("BYE", { cseq: 11 }), 481);
      peer.fromTag = "peer";
      const tag = peer.toTag;
      peer.toTag = "nobody";
      assert.equal(await peer.say("BYE", { cseq: 12 }), 481);
      peer.toTag = tag;
      assert.deepEqual(user.heard.slice(-1), ["INFO"]);
      assert.equal(await peer.say("BYE", { cseq: 13 }), 200);
      assert.deepEqual(user.heard.slice(-1), ["ended bye them"]);
    });

    it("are the user's, or answered for it", async () => {
      const bench = new SessionBench();
      const { peer, user } = await confirm(bench);
      user.request = () => ({ status: 202 });
      assert.equal(await peer.say("INFO"), 202);
      for (const method of ["REFER", "MESSAGE", "NOTIFY"]) {
        assert.equal(await peer.say(method), 405);
        assert.equal(headerIn(bench.last, "Allow"), "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS");
      }
      assert.equal(await peer.say("OPTIONS"), 200);
      assert.match(headerIn(bench.last, "Supported") ?? "", /timer/);
      assert.equal(await peer.say("PRACK", { headers: { RAck: "1 1 INVITE" } }), 481);
      Object.defineProperty(user, "onRequest", { value: undefined });
      assert.equal(await peer.say("INFO"), 405);
      assert.doesNotMatch(headerIn(bench.last, "Allow") ?? "", /INFO/);
    });

    it("may cross our BYE; nothing else is taken after it", async () => {
      const bench = new SessionBench();
      const { session, peer, user } = await confirm(bench);
      session.end();
      assert.equal(await peer.say("INFO"), 481);
      assert.equal(await peer.say("BYE"), 200);
      assert.deepEqual(user.ends, [{ type: "bye", by: "us" }]);
      await bench.say(responseText(bench.flow.sent.find((text) => text.startsWith("BYE")) ?? "", 481));
      await bench.assertNothingLeft();
    });

    it("are found by the tags as the peer has them (B-18)", async () => {
      const bench = new SessionBench();
      const { session } = await confirm(bench);
      assert.equal(bench.sessions.find(session.callId, session.id, "peer"), session);
      assert.equal(bench.sessions.find(session.callId, session.id, "other"), undefined);
      assert.equal(bench.sessions.find("other", session.id, "peer"), undefined);
      session.end();
      assert.equal(bench.sessions.find(session.callId, session.id, "peer"), undefined);
    });

    it("with an offer are answered, and the 200 of a re-INVITE is repeated until its ACK (B-10)", async () => {
      const bench = new SessionBench();
      const { peer, user } = await confirm(bench);
      assert.equal(await peer.say("INVITE", { body: OTHER, headers: { Contact: "<sip:5001@192.0.2.77:5070>" } }), 200);
      const answer = bench.last;
      bench.news;
      await bench.pass(600);
      assert.deepEqual(bench.news, [answer]);
      await peer.ack();
      await bench.pass(5000);
      assert.deepEqual(bench.news, []);
      assert.equal(await peer.say("UPDATE", { body: OTHER }), 200);
      assert.equal(headerIn(bench.last, "Content-Type"), "application/sdp");
      assert.equal(await peer.say("UPDATE"), 200);
      assert.equal(headerIn(bench.last, "Content-Type"), undefined);
      assert.deepEqual(user.heard.slice(-2), ["offer 4002", "offer 4002"]);
      assert.equal(await peer.say("INVITE", { body: "nonsense" }), 488);
    });

    it("move the target (RFC 3261 §12.2.1.2)", async () => {
      const bench = new SessionBench();
      const { peer, session } = await confirm(bench);
      await peer.say("UPDATE", { headers: { Contact: "<sip:5001@192.0.2.77:5070>" } });
      session.end();
      await settle();
      assert.match(bench.last, /^BYE sip:5001@192\.0\.2\.77:5070 /);
    });

    it("a refused offer leaves everything as it was (RFC 6141)", async () => {
      const bench = new SessionBench();
      const { peer, session, user } = await confirm(bench);
      user.answer = () => Promise.resolve({ status: 488 });
      assert.equal(await peer.say("INVITE", { body: OTHER }), 488);
      await peer.ack();
      assert.equal(session.phase, "confirmed");
      const outcome = session.offer(ANSWER);
      await settle();
      await bench.say(responseText(bench.last, 488));
      assert.deepEqual(await outcome, { type: "refused", status: 488 });
      assert.equal(session.phase, "confirmed");
    });

    it("two offers at once: the second waits or is refused (RFC 3311 §5.2)", async () => {
      const bench = new SessionBench();
      const { peer, user, session } = await confirm(bench);
      let answer: (value: { readonly sdp: string }) => void = () => undefined;
      user.answer = () =>
        new Promise((resolve) => {
          answer = resolve;
        });
      assert.equal(await peer.say("INVITE", { body: OTHER }), 0);
      assert.equal(await peer.say("UPDATE", { body: OTHER }), 500);
      const ours = session.offer(ANSWER);
      await settle();
      peer.cseq -= 1;
      answer({ sdp: ANSWER });
      await settle();
      assert.equal(shortLine(bench.last), "200");
      assert.equal(await outcomeOf(ours), undefined);
      await peer.ack();
      assert.equal(shortLine(bench.last), "INVITE");
      await bench.say(responseText(bench.last, 200, { body: OTHER }));
      assert.deepEqual(await ours, { type: "answered", sdp: OTHER });
      assert.equal(shortLine(bench.last), "ACK");
    });

    it("glare: theirs gets 491, ours goes again after the wait of its side (RFC 3261 §14.1)", async () => {
      const bench = new SessionBench();
      const { peer, session } = await confirm(bench);
      const outcome = session.offer(ANSWER);
      await settle();
      const ours = bench.last;
      const branch = bench.newBranch();
      assert.equal(await peer.say("INVITE", { body: OTHER, branch }), 491);
      await peer.say("ACK", { branch });
      await bench.say(responseText(ours, 491));
      bench.news;
      const [leastMs, mostMs] = side === "calling" ? [2100, 4000] : [0, 2000];
      await bench.pass(Math.max(0, leastMs - 20));
      if (leastMs > 0) assert.deepEqual(bench.news, []);
      await bench.pass(mostMs - leastMs + 60);
      assert.equal(shortLine(bench.news[0] ?? ""), "INVITE");
      await bench.say(responseText(bench.last, 200, { body: OTHER }));
      assert.equal((await outcome).type, "answered");
    });

    it("are taken back by CANCEL while the user thinks", async () => {
      const bench = new SessionBench();
      const { peer, user, session } = await confirm(bench);
      user.answer = () => new Promise(() => undefined);
      const branch = bench.newBranch();
      await peer.say("INVITE", { body: OTHER, branch });
      await bench.say(peer.write("CANCEL", { branch }));
      assert.deepEqual(bench.newLines.slice(-2), ["200", "487"]);
      assert.equal(session.phase, "confirmed");
    });

    it("a user whose answer fails loses its session", async () => {
      const bench = new SessionBench();
      const { peer, user } = await confirm(bench);
      user.answer = () => Promise.reject(new Error("oh no"));
      await peer.say("INVITE", { body: OTHER });
      assert.ok(bench.newLines.includes("BYE"));
      assert.deepEqual(user.ends, [{ type: "bye", by: "us" }]);
      assert.match(bench.errors.join(), /oh no/);
    });

    it("asks for our offer, and answers it in the ACK (B-12)", async () => {
      const bench = new SessionBench();
      const { peer, user } = await confirm(bench);
      assert.equal(await peer.say("INVITE"), 200);
      assert.equal(headerIn(bench.last, "Content-Type"), "application/sdp");
      assert.equal(await peer.say("UPDATE", { body: OTHER }), 491);
      peer.cseq -= 1;
      await peer.ack(OFFER);
      assert.deepEqual(user.heard.slice(-2), ["offer wanted", "acknowledged sdp"]);
    });

    it("one of ours answered 481 or 408 ends it (RFC 3261 §12.2.1.2)", async () => {
      for (const [status, reason] of [
        [481, "no-such-dialog"],
        [408, "timeout"],
      ] as const) {
        const bench = new SessionBench();
        const { session, user } = await confirm(bench);
        const answer = session.request("INFO", [], "x");
        await settle();
        await bench.say(responseText(bench.last, status));
        assert.equal(await answer, status);
        assert.deepEqual(user.ends, [{ type: "lost", reason }]);
        assert.equal(shortLine(bench.last), "BYE");
      }
    });

    it("names another party by UPDATE, or by a re-INVITE that changes nothing", async () => {
      const bench = new SessionBench();
      const { session, peer, user } = await confirm(bench);
      const first = session.identify([["P-Asserted-Identity", "<sip:7@pbx.example>"]]);
      await settle();
      assert.equal(shortLine(bench.last), "INVITE");
      await bench.say(responseText(bench.last, 200, { body: OFFER, headers: { Allow: "INVITE, UPDATE" } }));
      await first;
      const second = session.identify([["P-Asserted-Identity", "<sip:8@pbx.example>"]]);
      await settle();
      assert.equal(shortLine(bench.last), "UPDATE");
      assert.equal(headerIn(bench.last, "Content-Type"), undefined);
      await bench.say(responseText(bench.last, 200));
      await second;
      await peer.say("UPDATE", { headers: { "P-Asserted-Identity": "<sip:9@pbx.example>" } });
      assert.deepEqual(user.heard.slice(-1), ["identity <sip:9@pbx.example>"]);
    });

    it("live on another flow after a stream was lost, or end when none comes", async () => {
      for (const comesBack of [true, false]) {
        const bench = new SessionBench({}, "tcp");
        const { session, peer, user } = await confirm(bench);
        bench.flow.closed = true;
        bench.layer.flowClosed(bench.flow);
        bench.sessions.flowClosed(bench.flow);
        const flow = new RecordedFlow("tcp", "192.0.2.21", 6000);
        if (comesBack) assert.equal(await peer.say("INFO", { flow }), 200);
        await bench.pass(32_100);
        assert.equal(session.phase, comesBack ? "confirmed" : "over");
        session.end();
        await settle();
        if (comesBack) assert.equal(shortLine(flow.sent.at(-1) ?? ""), "BYE");
        else assert.deepEqual(user.ends, [{ type: "lost", reason: "transport" }]);
      }
    });

    it("without session timer it is asked whether it lives (B-21)", async () => {
      const bench = new SessionBench();
      const { user } = await confirm(bench);
      await bench.pass(101_000);
      assert.equal(shortLine(bench.last), "OPTIONS");
      await bench.say(responseText(bench.last, 200));
      await bench.pass(101_000);
      assert.equal(shortLine(bench.last), "OPTIONS");
      await bench.pass(33_000);
      assert.deepEqual(user.ends, [{ type: "lost", reason: "timeout" }]);
      await bench.assertNothingLeft();
    });
  });
}

describe("requests outside of dialogs", () => {
  it("that need one get 481, others what they deserve; an ACK nothing", async () => {
    const bench = new SessionBench();
    const { peer } = await bench.called();
    bench.news;
    peer.toTag = "";
    for (const [method, status] of [
      ["BYE", 481],
      ["UPDATE", 481],
      ["NOTIFY", 481],
      ["REFER", 405],
      ["MESSAGE", 405],
      ["OPTIONS", 200],
    ] as const)
      assert.equal(await peer.say(method), status, method);
    peer.toTag = "nobody";
    await peer.ack();
    assert.equal(await peer.say("INVITE", { body: OFFER }), 481);
  });
});
