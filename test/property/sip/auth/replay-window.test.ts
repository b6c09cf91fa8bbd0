import assert from "node:assert/strict";
import fc from "fast-check";
import { judgeNonce, makeNonce } from "#sip/auth/nonce";
import { ReplayWindow } from "#sip/auth/replay-window";

/** A process of this number; its nonces are of its store. */
const run = (number: number) => ({ key: "key", realm: "pbx", run: number.toString(16).padStart(16, "0") });
const NONCES = 6;
const NODES = 2;

/** Time goes on by hops around the life of a nonce; nonces are made, used and used again in any order. */
const step = fc.record({
  gapMs: fc.constantFrom(0, 0, 0, 1, 1000, 100_000, 299_999, 300_000, 900_000),
  slot: fc.nat({ max: NONCES - 1 }),
  /** The node that is asked. */
  at: fc.nat({ max: NODES - 1 }),
  make: fc.constantFrom(true, false, false, false),
  count: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 200 }), fc.nat({ max: 2 ** 32 - 1 })),
});

describe("nonces and counts, in any order", function () {
  this.timeout(20_000);

  it("are never accepted twice, other nodes, restarts and a full memory included (G-4)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.nat({ max: 40 })), { maxLength: 80 }), (steps) => {
        let now = 1_700_000_000_000;
        let runs = NODES;
        let made = 0;
        const nodes = Array.from({ length: NODES }, (_, at) => ({ maker: run(at), window: new ReplayWindow(4) }));
        const nonces = Array.from({ length: NONCES }, () => makeNonce(run(0), now, (made += 1), "192.0.2.5"));
        const accepted = new Set<string>();
        for (const [{ gapMs, slot, make, count, at }, fate] of steps) {
          now += gapMs;
          if (fate === 0) nodes[at] = { maker: run((runs += 1)), window: new ReplayWindow(4) };
          const { maker, window } = nodes[at]!;
          if (make) nonces[slot] = makeNonce(maker, now, (made += 1), "192.0.2.5");
          const verdict = judgeNonce(maker, now, nonces[slot]!);
          assert.notEqual(verdict.type, "foreign");
          if (verdict.type !== "fresh" || !window.use(verdict, count, now)) continue;
          const use = `${nonces[slot]!} ${count}`;
          assert.ok(!accepted.has(use), `${use} twice`);
          accepted.add(use);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("are accepted once when they come in order, whatever else happens", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 1000 }), (counts, gapMs) => {
        const start = 1_700_000_000_000;
        const window = new ReplayWindow();
        const verdict = judgeNonce(run(0), start, makeNonce(run(0), start, 1, "192.0.2.5"));
        assert.ok(verdict.type === "fresh");
        for (let count = 1; count <= counts; count += 1)
          assert.ok(window.use(verdict, count, start + ((count * gapMs) % 300_000)));
      }),
    );
  });
});
