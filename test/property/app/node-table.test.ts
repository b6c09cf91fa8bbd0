import assert from "node:assert/strict";
import fc from "fast-check";
import { nodeTable, speaks, type NodeEvent, type NodeState } from "#app/nodes/node-table";
import { step } from "#base/machine";

/*
 * A model of the lease in the store beside the table: whoever has it when it has run out may have taken everything over, and from then on
 * this node may only speak after it has the lease again and has looked up what is still its own.
 */
type Move =
  | { readonly type: "renew" }
  | { readonly type: "takenOver" }
  | { readonly type: "givenBack" }
  | { readonly type: "outage"; readonly othersReachIt: boolean }
  | { readonly type: "check" }
  | { readonly type: "time"; readonly ms: number };

const LEASE_MS = 1000;

const moves = fc.array(
  fc.oneof<fc.Arbitrary<Move>[]>(
    fc.constant({ type: "renew" }),
    fc.constant({ type: "takenOver" }),
    fc.constant({ type: "givenBack" }),
    fc.record({ type: fc.constant("outage"), othersReachIt: fc.boolean() }),
    fc.constant({ type: "check" }),
    fc.record({ type: fc.constant("time"), ms: fc.integer({ min: 0, max: 1500 }) }),
  ),
  { maxLength: 60 },
);

class Model {
  now = 0;
  epoch = 1;
  expiresAt = LEASE_MS;
  isTaken = false;
  /** What was ours may be another's, and we have not looked. */
  isDoubtful = false;
  state: NodeState = { phase: "member", epoch: 1, validUntil: LEASE_MS };
  #looking: number | undefined;

  feed(event: NodeEvent): void {
    const next = step(nodeTable, this.state, event);
    this.state = next.state;
    // A pause of the process, or of its store, may have held something back before.
    if (speaks(next.state, this.now))
      assert.ok(
        next.effects.some(({ type }) => type === "speak"),
        `${event.type}: what was held back stays so`,
      );
    for (const effect of next.effects) if (effect.type === "check") this.#looking = effect.epoch;
  }

  move(move: Move): void {
    switch (move.type) {
      case "time":
        this.now += move.ms;
        return;
      case "renew":
        if (this.isTaken) this.feed({ type: "refused" });
        else {
          if (this.now >= this.expiresAt) this.epoch += 1;
          this.expiresAt = this.now + LEASE_MS;
          this.feed({ type: "renewed", epoch: this.epoch, validUntil: this.expiresAt });
        }
        return;
      case "takenOver":
        // Nobody takes over while nobody reaches the store; an outage that others do not share ends `alone` before that.
        if (this.isTaken || this.now < this.expiresAt || this.state.phase === "alone") return;
        [this.isTaken, this.isDoubtful] = [true, true];
        this.epoch += 1;
        return;
      case "givenBack":
        if (this.isTaken) [this.isTaken, this.expiresAt] = [false, this.now];
        return;
      case "outage":
        this.feed({ type: "unreachable", othersReachIt: move.othersReachIt || this.isTaken, at: this.now });
        return;
      case "check":
        if (this.#looking === undefined) return;
        if (this.#looking === this.epoch && !this.isTaken) this.isDoubtful = false;
        this.feed({ type: "checked", epoch: this.#looking });
        this.#looking = undefined;
    }
  }
}

describe("the standing of a node, for all orders of events", () => {
  it("never speaks in dialogs that another node may have taken over (S-93)", () => {
    fc.assert(
      fc.property(moves, (all) => {
        const model = new Model();
        for (const move of all) {
          model.move(move);
          const may = speaks(model.state, model.now);
          assert.ok(!may || !model.isTaken, `${JSON.stringify(move)}: speaks while another takes over`);
          assert.ok(!may || !model.isDoubtful, `${JSON.stringify(move)}: speaks without having looked`);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("speaks again when the store answers and what is its own was looked up", () => {
    fc.assert(
      fc.property(moves, (all) => {
        const model = new Model();
        for (const move of [...all, { type: "givenBack" }, { type: "renew" }, { type: "check" }] as const) model.move(move);
        assert.ok(speaks(model.state, model.now), JSON.stringify(model.state));
      }),
      { numRuns: 5000 },
    );
  });

  it("goes on speaking while the store is out of everybody's reach (S-94)", () => {
    let state: NodeState = { phase: "member", epoch: 1, validUntil: 1000 };
    state = step(nodeTable, state, { type: "unreachable", othersReachIt: false, at: 999 }).state;
    assert.ok(speaks(state, 1_000_000));
    state = step(nodeTable, state, { type: "unreachable", othersReachIt: true, at: 5000 }).state;
    assert.ok(!speaks(state, 1_000_000));
  });
});
