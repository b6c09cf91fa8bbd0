import assert from "node:assert/strict";
import type { LampView } from "#domain/lamp/lamp-view";
import { NotifierBench } from "#test/support/notifier-bench";
import type { Phone, Watch } from "#test/support/phone";

const STATES: readonly LampView["state"][] = ["InUse", "Ringing", "Hold"];

describe("what becomes of a NOTIFY (presence.md §1.8, design §9.9)", () => {
  let bench: NotifierBench;
  let phone: Phone;
  let watch: Watch;
  beforeEach(async () => {
    bench = new NotifierBench();
    phone = bench.phone();
    watch = await phone.subscribe();
    phone.answers = undefined;
    await bench.show("1001", "InUse");
  });
  afterEach(() => {
    bench.end();
  });

  const states = (): (string | undefined)[] => phone.notifies.map((notify) => notify.state);

  /** Another state, long enough after the one before that nothing is paced. */
  const change = async (state: LampView["state"]): Promise<void> => {
    await bench.pass(200);
    await bench.show("1001", state);
  };

  /** Is the subscription over? Nobody is told, the next refresh says so (S-60, S-61, T-15). */
  const isOver = async (): Promise<boolean> => {
    const told = phone.notifies.length;
    for (const state of STATES) await bench.show("1001", state);
    await bench.pass(40_000);
    if (phone.notifies.length !== told) return false;
    assert.deepEqual([bench.store.records.size, bench.notifier.subscriptions.size], [0, 0]);
    await watch.send();
    assert.equal(watch.status, 481);
    assert.equal((await phone.subscribe()).status, 200, "a new one works");
    return true;
  };

  it("no answer, but the phone refreshed meanwhile from elsewhere: its document at once, and no step towards the end", async () => {
    await bench.pass(70_000); // The first failure is behind it, the second attempt in flight.
    const before = phone.notifies.length;
    phone.moveTo(9060);
    await watch.send();
    assert.equal(watch.status, 200);
    await bench.pass(27_000);
    assert.ok(phone.notifies.length > before, "it waits no back-off");
    phone.answers = { status: 200 };
    await bench.pass(5000);
    assert.equal(phone.newest.state, "confirmed");
    assert.equal(bench.notifier.subscriptions.size, 1);
  });

  it("2xx: shown; 202 is as good as 200 (§1.12)", async () => {
    await phone.answer(phone.newest, 202);
    await change("Busy");
    assert.equal(phone.notifies.length, 2, "the same document is not sent again");
    await change("Idle");
    assert.equal(phone.notifies.length, 3);
  });

  it("1xx: waits on", async () => {
    await phone.answer(phone.newest, 100);
    await change("Ringing");
    assert.equal(phone.notifies.length, 2);
    await phone.answer(phone.newest, 200);
    assert.equal(phone.newest.state, "early");
  });

  for (const status of [481, 404, 405, 410, 416, 480, 482, 483, 484, 485, 489, 501, 502, 604]) {
    it(`${status}: over at once and silently (S-60, S-61, S-62, T-15)`, async () => {
      await phone.answer(phone.newest, status);
      assert.equal(await isOver(), true);
    });
  }

  for (const status of [400, 402, 403, 406, 413, 415, 420, 421, 423, 486, 488, 491, 493, 499, 600, 603, 606]) {
    it(`${status}: only this transaction; the document does not count as shown (RFC 5057 §5.1)`, async () => {
      await phone.answer(phone.newest, status);
      await bench.pass(60_000);
      assert.equal(phone.notifies.length, 2, "what was not taken is not pressed on the phone");
      await change("Busy");
      assert.deepEqual(states(), ["terminated", "confirmed", "confirmed"], "an equal document goes, for the first was not taken");
      await phone.answer(phone.newest, status);
      await change("Idle");
      await phone.answer(phone.newest, 200);
      assert.equal(phone.newest.state, "terminated");
      assert.equal(bench.notifier.subscriptions.size, 1);
    });
  }

  it("401 and 407: one more try, then over", async () => {
    await phone.answer(phone.newest, 401);
    await bench.pass(1100);
    assert.equal(phone.notifies.length, 3);
    await phone.answer(phone.newest, 407);
    assert.equal(await isOver(), true);
  });

  it("408: doubtful, the newest document again after 32 s, over at the second one", async () => {
    await phone.answer(phone.newest, 408);
    await bench.show("1001", "Ringing");
    await bench.pass(31_900);
    assert.equal(phone.notifies.length, 2);
    await bench.pass(200);
    assert.deepEqual(states(), ["terminated", "confirmed", "early"]);
    await phone.answer(phone.newest, 408);
    assert.equal(await isOver(), true);
  });

  it("nothing: 11 sendings at 0.5, 1.5, 3.5, 7.5, 11.5 … s, kept once, then over (T-14, C-35)", async () => {
    const times: number[] = [];
    const send = phone.flow.send.bind(phone.flow);
    const startedAt = bench.clock.now();
    phone.flow.send = (message) => {
      times.push(bench.clock.now() - startedAt);
      return send(message);
    };
    await bench.pass(33_000);
    const due = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert.equal(times.length, due.length);
    times.forEach((time, at) => {
      assert.ok(time >= (due[at] ?? 0) && time <= (due[at] ?? 0) + 50, `sending ${at + 1} at ${time}`);
    });
    await bench.pass(31_500);
    assert.equal(phone.notifies.length, 3, "after 32 s the newest document");
    assert.equal(phone.newest.state, "confirmed");
    await bench.pass(33_000);
    assert.equal(await isOver(), true);
  });

  it("an answer after a failure makes good for it", async () => {
    for (let round = 0; round < 3; round += 1) {
      await phone.answer(phone.newest, 500);
      await bench.pass(1100);
      await phone.answer(phone.newest, 200);
      await change(round % 2 === 0 ? "Ringing" : "InUse");
    }
    assert.equal(bench.notifier.subscriptions.size, 1);
  });

  for (const status of [500, 503, 504, 513, 580]) {
    it(`${status} without Retry-After: once more after 1 s, then over`, async () => {
      await phone.answer(phone.newest, status);
      await bench.show("1001", "Ringing");
      await bench.pass(900);
      assert.equal(phone.notifies.length, 2);
      await bench.pass(200);
      assert.equal(phone.newest.state, "early");
      await phone.answer(phone.newest, status);
      assert.equal(await isOver(), true);
    });
  }

  for (const status of [500, 503, 504, 480, 486, 413]) {
    it(`${status} with Retry-After: held for that long, then the newest document only (T-16)`, async () => {
      await phone.answer(phone.newest, status, ["Retry-After: 5 (busy);duration=3600"]);
      for (const state of STATES) await change(state);
      await bench.pass(4300);
      assert.equal(phone.notifies.length, 2);
      await bench.pass(200);
      assert.equal(phone.notifies.length, 3);
      assert.match(phone.newest.body, /\+sip\.rendering/);
      await phone.answer(phone.newest, 200);
      await bench.pass(10_000);
      assert.equal(phone.notifies.length, 3);
    });
  }

  it("Retry-After of 0 does not make a storm, one of a year does not keep the lamp dark for good", async () => {
    phone.answers = { status: 503, headers: ["Retry-After: 0"] };
    await phone.answer(phone.newest, 503, ["Retry-After: 0"]);
    await bench.pass(10_000);
    assert.ok(phone.notifies.length <= 12, String(phone.notifies.length));
    phone.answers = { status: 503, headers: ["Retry-After: 31536000"] };
    await bench.pass(2000);
    const told = phone.notifies.length;
    phone.answers = { status: 200 };
    await bench.pass(301_000);
    assert.equal(phone.notifies.length, told + 1);
  });

  it("a refresh is answered with a NOTIFY though changes are held back (S-21)", async () => {
    await phone.answer(phone.newest, 503, ["Retry-After: 100"]);
    await watch.send();
    assert.equal(phone.notifies.length, 3);
    await phone.answer(phone.newest, 200);
    await bench.pass(200_000);
    assert.equal(phone.notifies.length, 3, "nothing is left of the hold");
  });

  it("3xx without a Contact of the same host: over", async () => {
    await phone.answer(phone.newest, 302, ["Contact: <sip:evil@198.51.100.66>"]);
    assert.equal(await isOver(), true);
  });

  it("3xx with one: followed, once", async () => {
    await phone.answer(phone.newest, 302, ["Contact: <sip:new@192.0.2.21:5060;line=9>"]);
    await bench.pass(100);
    assert.equal(phone.newest.uri, "sip:new@192.0.2.21:5060;line=9");
    assert.equal(phone.notifies.length, 3);
    await phone.answer(phone.newest, 301, ["Contact: <sip:newer@192.0.2.21:5060>"]);
    assert.equal(await isOver(), true);
  });

  it("3xx: until the next refresh, which names the target anew though it is the old one (S-58)", async () => {
    await phone.answer(phone.newest, 302, ["Contact: <sip:new@192.0.2.21:5060;line=9>"]);
    await bench.pass(100);
    assert.equal(phone.newest.uri, "sip:new@192.0.2.21:5060;line=9");
    await phone.answer(phone.newest, 200);
    await watch.send();
    await bench.pass(1000);
    assert.equal(phone.notifies.length, 4);
    assert.equal(phone.newest.uri, phone.contact.slice(1, -1));
  });

  it("no socket (ICMP, connection gone): doubtful as no answer is", async () => {
    await phone.answer(phone.newest, 200);
    phone.flow.closed = true;
    await change("Ringing");
    await bench.pass(31_000);
    phone.flow.closed = false;
    await bench.pass(2000);
    assert.equal(phone.newest.state, "early");
    await phone.answer(phone.newest, 200);
    phone.flow.closed = true;
    await change("Idle");
    await bench.pass(70_000);
    phone.flow.closed = false;
    assert.equal(await isOver(), true);
  });

  it("late and repeated answers change nothing", async () => {
    const [, second] = phone.notifies;
    assert.ok(second !== undefined);
    await phone.answer(second, 200);
    await change("Ringing");
    await phone.answer(second, 481);
    await phone.answer(second, 500);
    await phone.answer(phone.newest, 200);
    await change("Idle");
    assert.equal(phone.newest.state, "terminated");
  });

  it("the last NOTIFY ends it, whatever it is answered", async () => {
    await phone.answer(phone.newest, 200);
    await watch.send({ expires: 0 });
    assert.equal(phone.newest.subscriptionState, "terminated;reason=timeout");
    await phone.answer(phone.newest, 500, ["Retry-After: 1"]);
    await bench.pass(40_000);
    assert.equal(phone.notifies.length, 3);
  });

  it("figures tell what was answered (C-36)", async () => {
    await phone.answer(phone.newest, 500);
    await bench.pass(1100);
    await phone.answer(phone.newest, 403);
    await change("Ringing");
    await phone.answer(phone.newest, 481);
    assert.deepEqual(bench.observed.answers, ["ok", "failed", "failed", "refused"]);
    assert.equal(bench.observed.sent, 4);
  });
});

describe("a first NOTIFY that overtook its 200 (Q-26)", () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => {
    bench.end();
  });

  it("goes once more after 500 ms", async () => {
    const phone = bench.phone();
    phone.answers = { status: 481 };
    await phone.subscribe();
    phone.answers = { status: 200 };
    await bench.pass(450);
    assert.equal(phone.notifies.length, 1);
    await bench.pass(100);
    assert.equal(phone.notifies.length, 2);
    assert.equal(phone.newest.state, "terminated");
    await bench.show("1001", "InUse");
    assert.equal(phone.newest.state, "confirmed");
  });

  it("is over when the second is answered 481 too", async () => {
    const phone = bench.phone();
    phone.answers = { status: 481 };
    await phone.subscribe();
    await bench.pass(600);
    assert.equal(phone.notifies.length, 2);
    assert.deepEqual([bench.notifier.subscriptions.size, bench.store.records.size], [0, 0]);
  });

  it("is over at once when the answer took a second, and after a restart", async () => {
    const phone = bench.phone();
    phone.answers = undefined;
    await phone.subscribe();
    await bench.pass(1000);
    await phone.answer(phone.newest, 481);
    assert.equal(bench.notifier.subscriptions.size, 0);
    phone.answers = { status: 200 };
    await phone.subscribe();
    phone.answers = { status: 481 };
    bench.restart();
    bench.notifier.resume();
    await bench.pass(100);
    assert.equal(bench.notifier.subscriptions.size, 0);
  });
});
