import assert from "node:assert/strict";
import { settle } from "#test/support/fake-clock";
import { headerIn } from "#test/support/wire";
import { ANSWER, OFFER, responseText, SessionBench, shortLine } from "./session-bench.ts";

const TIMER = { Supported: "timer" };

describe("session timers of calls to us (RFC 4028 §9, B-20)", () => {
  const cases: readonly (readonly [string, Record<string, string>, string | undefined, string | undefined])[] = [
    ["nobody knows of them", {}, undefined, undefined],
    ["the caller does", TIMER, "1800;refresher=uac", "timer"],
    ["it asks for an interval", { ...TIMER, "Session-Expires": "600" }, "600;refresher=uac", "timer"],
    ["it wants us to refresh", { ...TIMER, "Session-Expires": "600;refresher=uas" }, "600;refresher=uas", undefined],
    ["a proxy wants it", { "Session-Expires": "600" }, "600;refresher=uas", undefined],
    ["a longer one is the least", { ...TIMER, "Session-Expires": "600", "Min-SE": "900" }, "900;refresher=uac", "timer"],
  ];
  for (const [what, headers, expires, required] of cases) {
    it(what, async () => {
      const bench = new SessionBench();
      const { session } = await bench.called({ headers });
      session.accept(ANSWER);
      assert.equal(headerIn(bench.last, "Session-Expires"), expires);
      assert.equal(headerIn(bench.last, "Require"), required);
    });
  }

  it("ends by BYE when the caller does not refresh, and lives on when it does", async () => {
    const bench = new SessionBench();
    const { peer, user } = await bench.confirmedIncoming({ headers: { ...TIMER, "Session-Expires": "90" } });
    await bench.pass(50_000);
    assert.equal(await peer.say("UPDATE", { headers: { ...TIMER, "Session-Expires": "90;refresher=uac" } }), 200);
    assert.equal(headerIn(bench.last, "Session-Expires"), "90;refresher=uac");
    await bench.pass(50_000);
    assert.deepEqual(user.ends, []);
    bench.news;
    // 90 s less a third of it.
    await bench.pass(10_100);
    assert.deepEqual(bench.newLines, ["BYE"]);
    assert.deepEqual(user.ends, [{ type: "lost", reason: "session-timer" }]);
    await bench.assertNothingLeft();
  });
});

describe("session timers of calls of ours (RFC 4028 §7, §10)", () => {
  it("refreshes at half by UPDATE, or by a re-INVITE with the same description", async () => {
    for (const allow of ["INVITE, UPDATE", "INVITE"]) {
      const bench = new SessionBench();
      const { user } = await bench.confirmedCall({ "Session-Expires": "180;refresher=uac", Allow: allow });
      await bench.pass(90_100);
      const refresh = bench.last;
      assert.equal(shortLine(refresh), allow === "INVITE" ? "INVITE" : "UPDATE");
      assert.equal(headerIn(refresh, "Session-Expires"), "180;refresher=uac");
      assert.ok(allow !== "INVITE" || refresh.endsWith(ANSWER));
      await bench.say(
        responseText(refresh, 200, {
          headers: { "Session-Expires": "180;refresher=uac" },
          ...(allow === "INVITE" ? { body: OFFER } : {}),
        }),
      );
      await bench.pass(89_000);
      assert.deepEqual(user.ends, []);
      bench.news;
      await bench.pass(1200);
      assert.equal(bench.newLines.length, 1);
    }
  });

  it("tries again while refreshing fails, and ends when nothing helps", async () => {
    const bench = new SessionBench();
    const { user } = await bench.confirmedCall({ "Session-Expires": "180;refresher=uac", Allow: "INVITE, UPDATE" });
    for (let round = 0; round < 200 && user.ends.length === 0; round += 1) {
      await bench.pass(1000);
      const last = bench.news.at(-1);
      if (last?.startsWith("UPDATE") === true) await bench.say(responseText(last, 503));
    }
    assert.deepEqual(user.ends, [{ type: "lost", reason: "session-timer" }]);
    assert.ok(bench.flow.sent.filter((text) => text.startsWith("UPDATE")).length >= 2);
  });

  it("a peer that says it takes UPDATE and does not is asked by re-INVITE", async () => {
    const bench = new SessionBench();
    const { session } = await bench.confirmedCall({ Allow: "INVITE, UPDATE" });
    void session.identify([["P-Asserted-Identity", "<sip:7@pbx.example>"]]);
    await settle();
    await bench.say(responseText(bench.last, 501));
    assert.equal(shortLine(bench.last), "INVITE");
    assert.equal(headerIn(bench.last, "P-Asserted-Identity"), "<sip:7@pbx.example>");
  });

  it("the other side refreshes where it said so", async () => {
    const bench = new SessionBench();
    const { user } = await bench.confirmedCall({ "Session-Expires": "90;refresher=uas" });
    await bench.pass(59_000);
    assert.deepEqual(bench.news, []);
    await bench.pass(1100);
    assert.deepEqual(user.ends, [{ type: "lost", reason: "session-timer" }]);
  });
});
