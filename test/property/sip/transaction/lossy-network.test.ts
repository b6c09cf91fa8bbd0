import assert from "node:assert/strict";
import fc from "fast-check";
import type { ServerTransaction } from "#sip/transaction/user";
import { HearingUser, requestText } from "#test/unit/sip/transaction/layer-bench";
import { LossyNetwork, type Weather } from "./lossy-network.ts";

const RUNS = { numRuns: 2000 };

/** The last copy of a request may be heard 31.5 s and a delay after it was sent, be answered 32 s later, and be kept for 32 s more. */
const ALL_OVER_MS = 105_000;

interface Plan {
  readonly startMs: number;
  /** When the handler answers; null = never. */
  readonly answerMs: number | null;
  readonly provisional: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  startMs: fc.integer({ min: 0, max: 2000 }),
  answerMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  provisional: fc.boolean(),
});

function weather(delayMaxMs: number, lossMax = 100): fc.Arbitrary<Weather> {
  return fc.record({
    seed: fc.nat(),
    lossPercent: fc.integer({ min: 0, max: lossMax }),
    doublePercent: fc.integer({ min: 0, max: 60 }),
    delayMaxMs: fc.constant(delayMaxMs),
  });
}

/** A few requests over one network, and what became of each. */
class Story {
  readonly network: LossyNetwork;
  readonly users: HearingUser[] = [];
  /** How often each request was run, by Call-ID. */
  readonly runs = new Map<string, number>();

  constructor(conditions: Weather, plans: readonly Plan[], method: string) {
    const { clock, client, server, flow } = (this.network = new LossyNetwork(conditions));
    server.handle({
      method,
      handle: (transaction) => {
        const { callId } = transaction.request;
        this.runs.set(callId, (this.runs.get(callId) ?? 0) + 1);
        this.#answer(transaction, plans[Number(callId)]!);
      },
    });
    for (const [at, { startMs }] of plans.entries()) {
      const user = new HearingUser();
      this.users.push(user);
      clock.after(startMs, () => {
        const branch = client.clients.newBranch();
        const message = requestText({ method, branch, callId: String(at) });
        client.clients.start({ method, branch, message, flow }, user);
      });
    }
  }

  #answer(transaction: ServerTransaction, { answerMs, provisional }: Plan): void {
    if (provisional) transaction.respond({ status: 183 });
    const isInvite = transaction.request.method === "INVITE";
    if (answerMs !== null) {
      this.network.clock.after(answerMs, () => {
        transaction.respond({ status: isInvite ? 486 : 200 });
      });
    }
  }

  finish(): void {
    this.network.clock.advance(ALL_OVER_MS);
    const { client, server, timers } = this.network;
    assert.deepEqual([...client.describe(), ...server.describe()], []);
    assert.equal(timers, 0, "a timer is left");
    assert.deepEqual([client.counts.parseFailures, server.counts.parseFailures], [0, 0]);
  }
}

const FINALS = [200, 486, "timeout"];

describe("two layers over a network that loses, doubles and delays", function () {
  this.timeout(20_000);

  it("runs every request once at most, gives it exactly one end, and leaves nothing (S-2, S-3)", () => {
    fc.assert(
      // Copies of one request are less than T1 apart from where they belong: that is what 64·T1 covers.
      fc.property(weather(240), fc.array(plan, { minLength: 1, maxLength: 4 }), (conditions, plans) => {
        const story = new Story(conditions, plans, "SUBSCRIBE");
        story.finish();
        for (const [at, { heard }] of story.users.entries()) {
          assert.equal(heard.filter((end) => FINALS.includes(end)).length, 1, `request ${at} heard ${heard.join()}`);
          assert.ok(FINALS.includes(heard.at(-1)!), "nothing comes after the end");
          const runs = story.runs.get(String(at)) ?? 0;
          assert.ok(runs <= 1, `request ${at} ran ${runs} times`);
          if (heard.includes(200)) assert.equal(runs, 1);
        }
      }),
      RUNS,
    );
  });

  it("runs every request exactly once and gets its answer, when one datagram in three is lost at most", () => {
    const answered = plan.map((one) => ({ ...one, answerMs: (one.answerMs ?? 0) % 1000, provisional: false }));
    fc.assert(
      fc.property(weather(240, 33), fc.array(answered, { minLength: 1, maxLength: 4 }), (conditions, plans) => {
        const story = new Story(conditions, plans, "SUBSCRIBE");
        story.finish();
        for (const [at, { heard }] of story.users.entries()) {
          // Eleven sendings, each with a chance of 4 in 9: all of them fail once in 600 requests at worst.
          if (heard[0] !== "timeout") assert.deepEqual(heard, [200]);
          else assert.ok(story.network.client.counts.repeats >= 10);
          assert.ok((story.runs.get(String(at)) ?? 0) <= 1);
        }
      }),
      RUNS,
    );
  });

  it("gives one end and leaves nothing even when datagrams come many seconds late", () => {
    fc.assert(
      fc.property(weather(20_000), fc.array(plan, { minLength: 1, maxLength: 3 }), (conditions, plans) => {
        const story = new Story(conditions, plans, "SUBSCRIBE");
        story.network.clock.advance(60_000);
        story.finish();
        for (const { heard } of story.users) assert.equal(heard.filter((end) => FINALS.includes(end)).length, 1);
      }),
      RUNS,
    );
  });

  it("brings the failure of an INVITE through, acknowledged, and leaves nothing (S-4)", () => {
    fc.assert(
      fc.property(weather(240, 20), fc.array(plan, { minLength: 1, maxLength: 3 }), (conditions, plans) => {
        const all = plans.map((one) => ({ ...one, answerMs: (one.answerMs ?? 0) % 5000 }));
        const story = new Story(conditions, all, "INVITE");
        story.finish();
        for (const [at, { heard }] of story.users.entries()) {
          assert.deepEqual(heard.filter((end) => FINALS.includes(end)).length, 1, heard.join());
          assert.ok((story.runs.get(String(at)) ?? 0) <= 1);
        }
      }),
      RUNS,
    );
  });
});
