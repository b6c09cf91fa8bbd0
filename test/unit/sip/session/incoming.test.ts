import assert from "node:assert/strict";
import { headersOf } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { settle } from "#test/support/fake-clock";
import { headerIn } from "#test/support/wire";
import { ANSWER, HearingUser, OFFER, SessionBench, shortLine } from "./session-bench.ts";

const RELIABLE = { Require: "100rel" };

describe("a call to us: its answer", () => {
  it("repeats the 200 from T1 to T2 until the ACK, over streams too (B-2)", async () => {
    for (const transport of ["udp", "tcp"] as const) {
      const bench = new SessionBench({}, transport);
      const { session, peer } = await bench.called();
      session.accept(ANSWER);
      bench.news;
      const sent = bench.last;
      await bench.pass(11_510);
      // 0.5, 1.5, 3.5, 7.5 and then every 4 s.
      assert.deepEqual(bench.news, Array<string>(5).fill(sent));
      peer.toTag = session.id;
      await peer.ack();
      await bench.pass(20_000);
      assert.deepEqual(bench.news, []);
      session.end();
      await bench.pass(1);
      assert.deepEqual(bench.newLines, ["BYE"]);
    }
  });

  it("ends with a BYE when no ACK comes (B-2)", async () => {
    const bench = new SessionBench();
    const { session, user } = await bench.called();
    session.accept(ANSWER);
    await bench.pass(32_100);
    assert.deepEqual(user.heard, ["ended lost no-ack"]);
    assert.equal(shortLine(bench.last), "BYE");
    await bench.assertNothingLeft();
  });

  it("says no BYE before the ACK (RFC 3261 §15)", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called();
    session.accept(ANSWER);
    session.end({ reasons: [{ protocol: "Q.850", cause: 16 }] });
    await bench.pass(100);
    assert.deepEqual(user.heard, ["ended bye us"]);
    assert.deepEqual(bench.newLines, ["100", "200"]);
    peer.toTag = session.id;
    await peer.ack();
    assert.deepEqual(bench.newLines, ["BYE"]);
    assert.equal(headerIn(bench.last, "Reason"), "Q.850;cause=16");
  });

  it("is a refusal with the status, headers and reasons of its user", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called();
    session.end({ status: 486, headers: [["X-Why", "no\r\nroom"]], reasons: [{ protocol: "SIP", cause: 600, text: 'a "b"' }] });
    session.end({ status: 404 });
    await settle();
    assert.deepEqual(bench.newLines, ["100", "486"]);
    assert.equal(headerIn(bench.last, "X-Why"), "no  room");
    assert.equal(headerIn(bench.last, "Reason"), 'SIP;cause=600;text="a \\"b\\""');
    assert.deepEqual(user.heard, ["ended refused us 486"]);
    await peer.ack();
    await bench.assertNothingLeft();
  });

  it("comes after 180 s of nothing, its ringing said again meanwhile", async () => {
    const bench = new SessionBench();
    const { session, user } = await bench.called();
    session.progress(180);
    await bench.pass(179_000);
    assert.deepEqual(bench.newLines, ["100", "180", "180", "180"]);
    await bench.pass(1100);
    assert.equal(bench.newLines[0], "480");
    assert.deepEqual(user.heard, ["ended refused us 480"]);
    await bench.assertNothingLeft();
  });

  it("stays when the CANCEL comes behind it (B-5)", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called();
    session.accept(ANSWER);
    await peer.cancel();
    assert.deepEqual(bench.newLines, ["100", "200", "200"]);
    assert.equal(session.phase, "confirmed");
    peer.toTag = session.id;
    await peer.ack();
    assert.deepEqual(user.heard, ["acknowledged"]);
  });

  it("holds our offer when the INVITE had none; the ACK has theirs (B-12)", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called({ body: "" });
    session.progress(183, { sdp: ANSWER });
    assert.equal(headerIn(bench.last, "Content-Type"), undefined);
    session.accept(ANSWER);
    peer.toTag = session.id;
    await peer.ack(OFFER);
    assert.deepEqual(user.heard, ["acknowledged sdp"]);
  });

  it("says whom it came over: Record-Route, and what we can", async () => {
    const bench = new SessionBench();
    const { session, peer } = await bench.called({ headers: { "Record-Route": "<sip:p1.example;lr>, <sip:p2.example;lr>" } });
    session.accept(ANSWER);
    const parsed = parseMessage(bench.last);
    assert.ok(parsed.ok);
    assert.deepEqual(headersOf(parsed.value, "record-route"), ["<sip:p1.example;lr>, <sip:p2.example;lr>"]);
    assert.match(headerIn(bench.last, "Allow") ?? "", /INVITE, ACK, CANCEL, BYE, PRACK, UPDATE/);
    assert.equal(headerIn(bench.last, "Supported"), "100rel, timer");
    peer.toTag = session.id;
    await peer.ack();
    session.end();
    await settle();
    assert.match(bench.last, /^BYE sip:5001@192\.0\.2\.21:5060 SIP\/2\.0\r\n/);
    assert.deepEqual(
      bench.last.match(/^Route: .*$/gm)?.map((line) => line.trim()),
      ["Route: <sip:p1.example;lr>", "Route: <sip:p2.example;lr>"],
    );
  });
});

describe("a call to us that is refused at once", () => {
  const cases: readonly (readonly [string, Parameters<SessionBench["called"]>[0], string])[] = [
    ["a body that is no SDP", { headers: { "Content-Type": "text/plain" } }, "415"],
    ["a body that only says it is", { body: "hello" }, "488"],
    ["a description of more than 16 KiB", { body: `v=0\r\n${"a".repeat(16_400)}` }, "413"],
    ["an extension that nobody knows", { headers: { Require: "nonsense" } }, "420"],
    ["no Contact", { headers: { Contact: "" } }, "400"],
    ["a session interval that is too short (B-20)", { headers: { "Session-Expires": "60", Supported: "timer" } }, "422"],
  ];
  for (const [what, says, status] of cases) {
    it(what, async () => {
      const bench = new SessionBench();
      await bench.called(says).catch(() => undefined);
      assert.deepEqual(bench.newLines.slice(-1), [status]);
      assert.equal(bench.taken.length, 0);
    });
  }

  it("a NUL in a display name, which could not be said back", async () => {
    const bench = new SessionBench();
    const { peer } = await bench.called();
    await bench.say(
      peer.invite
        .replace("From: <", 'From: "a\0b" <')
        .replace("peer-call-1", "another")
        .replace(/branch=[^;]+/, "branch=z9hG4bKother"),
    );
    assert.equal(shortLine(bench.last), "400");
    assert.equal(bench.sessions.count, 1);
  });

  it("one that we sent ourselves (B-24)", async () => {
    const bench = new SessionBench();
    const { invite } = await bench.call();
    const token = headerIn(invite, "X-Loop-Token") ?? "";
    assert.notEqual(token, "");
    await bench.called({ headers: { "X-Loop-Token": token } }).catch(() => undefined);
    assert.equal(shortLine(bench.last), "482");
  });

  it("one too many, in both directions", async () => {
    const bench = new SessionBench({ openMax: () => 1 });
    const first = await bench.called();
    await bench.called();
    assert.equal(shortLine(bench.last), "503");
    assert.match(headerIn(bench.last, "Retry-After") ?? "", /^\d+$/);
    const { user } = await bench.call();
    assert.deepEqual(user.heard, ["ended refused us 503"]);
    first.session.end();
    await settle();
    assert.equal(bench.sessions.count, 0);
    await bench.called();
    assert.equal(bench.taken.length, 2);
  });

  it("by its taker, without a session", async () => {
    const bench = new SessionBench();
    bench.take = (transaction) => {
      transaction.respond({ status: 403 });
      return undefined;
    };
    await bench.called();
    assert.deepEqual(bench.newLines, ["100", "403"]);
    assert.equal(bench.sessions.count, 0);
  });
});

describe("a call to us whose user makes mistakes", () => {
  it("is answered 500 when its taker throws, before or after it made the session", async () => {
    for (const isMade of [false, true]) {
      const bench = new SessionBench();
      bench.take = (_transaction, makeSession) => {
        if (isMade) makeSession();
        throw new Error("oh no");
      };
      await bench.called();
      assert.deepEqual(bench.newLines, ["100", "500"]);
      assert.equal(bench.sessions.count, 0);
      assert.ok(bench.errors.length > 0);
    }
  });

  it("ends when a callback throws, and only that one", async () => {
    const bench = new SessionBench();
    const user = new HearingUser();
    user.onAcknowledged = () => {
      throw new Error("oh no");
    };
    bench.take = (_transaction, makeSession) => {
      const session = makeSession();
      session.progress(180);
      session.accept(ANSWER);
      return user;
    };
    const { peer } = await bench.called();
    peer.toTag = /;tag=([^;\r]+)/.exec(headerIn(bench.last, "To") ?? "")?.[1] ?? "";
    bench.news;
    await peer.ack();
    assert.deepEqual(bench.newLines, ["BYE"]);
    assert.deepEqual(user.heard, ["ended bye us"]);
    assert.match(bench.errors.join(), /oh no/);
  });

  it("may end it inside the taker", async () => {
    const bench = new SessionBench();
    const user = new HearingUser();
    bench.take = (_transaction, makeSession) => {
      makeSession().end({ status: 404 });
      return user;
    };
    await bench.called();
    assert.deepEqual(bench.newLines, ["100", "404"]);
    assert.deepEqual(user.heard, ["ended refused us 404"]);
  });
});

describe("reliable provisional answers (RFC 3262, B-8)", () => {
  it("are repeated until their PRACK; a 200 waits for it", async () => {
    const bench = new SessionBench();
    const { session, peer } = await bench.called({ headers: RELIABLE });
    session.progress(183, { sdp: ANSWER });
    const ringing = bench.last;
    const rseq = Number(headerIn(ringing, "RSeq"));
    assert.equal(headerIn(ringing, "Require"), "100rel");
    bench.news;
    session.accept(ANSWER);
    await bench.pass(1600);
    assert.deepEqual(bench.news, [ringing, ringing]);
    peer.toTag = session.id;
    assert.equal(await peer.say("PRACK", { headers: { RAck: `${rseq + 1} 1 INVITE` } }), 481);
    assert.equal(await peer.say("PRACK", { headers: { RAck: "nonsense" } }), 400);
    await peer.say("PRACK", { headers: { RAck: `${rseq} 1 INVITE` } });
    assert.deepEqual(bench.newLines.slice(-2), ["200", "200"]);
    // The answer is out already.
    assert.equal(headerIn(bench.last, "Content-Type"), undefined);
    await peer.say("ACK", { cseq: 1 });
    await bench.pass(5000);
    assert.equal(session.phase, "confirmed");
  });

  it("go one after the other, each with the next number", async () => {
    const bench = new SessionBench();
    const { session, peer } = await bench.called({ headers: RELIABLE });
    session.progress(180);
    session.progress(183, { sdp: ANSWER });
    peer.toTag = session.id;
    const rseq = Number(headerIn(bench.last, "RSeq"));
    assert.deepEqual(bench.newLines, ["100", "180"]);
    await peer.say("PRACK", { headers: { RAck: `${rseq} 1 INVITE` } });
    assert.deepEqual(bench.newLines, ["200", "183"]);
    assert.equal(Number(headerIn(bench.last, "RSeq")), rseq + 1);
  });

  it("end the call with a 504 when nobody acknowledges them", async () => {
    const bench = new SessionBench();
    const { session, user } = await bench.called({ headers: RELIABLE });
    session.progress(180);
    await bench.pass(32_100);
    assert.equal(
      bench.newLines.find((line) => line === "504"),
      "504",
    );
    assert.deepEqual(user.heard, ["offer wanted", "ended refused us 504"].slice(1));
    await bench.assertNothingLeft();
  });

  it("hold our offer when the INVITE had none, and the PRACK its answer", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called({ headers: RELIABLE, body: "" });
    session.progress(180);
    await settle();
    assert.equal(headerIn(bench.last, "Content-Type"), "application/sdp");
    peer.toTag = session.id;
    await peer.say("PRACK", { headers: { RAck: `${headerIn(bench.last, "RSeq") ?? ""} 1 INVITE` }, body: OFFER });
    session.accept(ANSWER);
    assert.equal(headerIn(bench.last, "Content-Type"), undefined);
    await peer.say("ACK", { cseq: 1 });
    assert.deepEqual(user.heard, ["offer wanted", "acknowledged sdp"]);
  });

  it("let both sides offer anew by UPDATE while it rings (B-9)", async () => {
    const bench = new SessionBench();
    const { session, user, peer } = await bench.called({ headers: { ...RELIABLE, Allow: "INVITE, ACK, BYE, UPDATE" } });
    session.progress(183, { sdp: ANSWER });
    peer.toTag = session.id;
    // Their first offer has no acknowledged answer.
    assert.equal(await peer.say("UPDATE", { body: OFFER }), 500);
    await peer.say("PRACK", {
      headers: { RAck: `${headerIn(bench.flow.sent.find((text) => text.includes("RSeq")) ?? "", "RSeq") ?? ""} 1 INVITE` },
    });
    assert.equal(await peer.say("UPDATE", { body: OFFER }), 200);
    assert.deepEqual(user.heard, ["offer 4000"]);
    void session.offer(ANSWER);
    await settle();
    assert.equal(shortLine(bench.last), "UPDATE");
  });
});
