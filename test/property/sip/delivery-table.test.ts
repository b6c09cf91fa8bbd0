import assert from "node:assert/strict";
import fc from "fast-check";
import { step } from "#base/machine";
import {
  deliveryTable,
  newDelivery,
  type Delivery,
  type DeliveryEvent,
  type DeliveryEffect,
} from "#sip/subscription/delivery-table";

const PACE = { burst: 2, gapMs: 100 };

/** What the world does next; times are gaps in ms. Answers are only drawn while a NOTIFY is in flight, timers while one runs. */
type Choice =
  | { readonly type: "changed" | "fullWanted" | "moved" | "closed"; readonly gapMs: number }
  | {
      readonly type: "answer";
      readonly kind: "delivered" | "refused" | "failed" | "heldBack" | "kept" | "nothingToSay" | "noFlow";
      readonly gapMs: number;
    };

const gap = fc.integer({ min: 0, max: 250 });
const choice: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("changed" as const), gapMs: gap }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("fullWanted" as const), gapMs: gap }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("moved" as const), gapMs: gap }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("closed" as const), gapMs: gap }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("answer" as const),
      kind: fc.constantFrom(
        "delivered",
        "delivered",
        "delivered",
        "refused",
        "failed",
        "heldBack",
        "kept",
        "noFlow",
        "nothingToSay" as const,
      ),
      gapMs: gap,
    }),
  },
);

/** One watcher and its phone in a toy world that performs effects and checks the promises at every step. */
class World {
  state: Delivery = newDelivery(PACE, 0);
  now = 0;
  inFlight: "state" | "final" | undefined;
  timerAt: number | undefined;
  removed = 0;
  sentAt: number[] = [];
  /** Number of changes made, and how many of them the newest sent document holds. */
  changes = 0;
  shown = 0;
  sending = 0;
  fullsWanted = 0;

  feed(event: DeliveryEvent): void {
    const next = step(deliveryTable, this.state, event);
    this.state = next.state;
    for (const effect of next.effects) this.perform(effect);
  }

  perform(effect: DeliveryEffect): void {
    switch (effect.type) {
      case "send":
        assert.equal(this.inFlight, undefined, "two NOTIFYs in flight");
        assert.equal(this.removed, 0, "a NOTIFY after the end");
        this.inFlight = effect.wanted === "final" ? "final" : "state";
        this.sending = this.changes;
        if (effect.wanted === "change") this.sentAt.push(this.now);
        return;
      case "startTimer":
        assert.equal(this.timerAt, undefined, "two timers");
        assert.ok(effect.delayMs > 0);
        this.timerAt = this.now + effect.delayMs;
        return;
      case "stopTimer":
        this.timerAt = undefined;
        return;
      case "remove":
        this.removed += 1;
    }
  }

  /** Time passes; the timer fires when it is due. */
  pass(gapMs: number): void {
    const until = this.now + gapMs;
    while (this.timerAt !== undefined && this.timerAt <= until) {
      this.now = this.timerAt;
      this.timerAt = undefined;
      this.feed({ type: "timerFired", at: this.now, pace: PACE });
    }
    this.now = until;
  }

  answer(kind: Extract<Choice, { type: "answer" }>["kind"]): void {
    if (this.inFlight === undefined || (this.inFlight === "final" && kind === "nothingToSay")) return;
    this.inFlight = undefined;
    // What was kept back by the phone goes with the next change: it is as told as it gets.
    if (["delivered", "nothingToSay", "kept"].includes(kind)) this.shown = this.sending;
    if (kind === "delivered") this.feed({ type: "delivered", at: this.now, pace: PACE });
    else if (kind === "failed") this.feed({ type: "failed", retryMs: 1000 });
    else if (kind === "heldBack") this.feed({ type: "heldBack", holdMs: 500 });
    else if (kind === "nothingToSay" || kind === "kept") this.feed({ type: kind, at: this.now, pace: PACE });
    else this.feed({ type: kind });
  }

  play(next: Choice): void {
    this.pass(next.gapMs);
    if (next.type === "answer") this.answer(next.kind);
    else if (next.type === "closed") this.feed({ type: "closed" });
    else {
      if (next.type === "changed") this.changes += 1;
      // The phone is somewhere else: nobody waits for the answer to what was sent to the old place.
      if (next.type === "moved" && this.inFlight === "state") this.inFlight = undefined;
      this.feed({ type: next.type, at: this.now, pace: PACE });
    }
  }

  /** The phone is there, answers everything, and nothing more happens. */
  settle(): void {
    if (this.state.phase === "adrift") this.feed({ type: "moved", at: this.now, pace: PACE });
    for (let round = 0; round < 20; round += 1) {
      this.answer("delivered");
      this.pass(40_000);
    }
  }
}

describe("delivery of NOTIFYs, in all orders of events", () => {
  it("has one in flight, ends once, and shows the newest state in the end (S-70, C-3)", () => {
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 60 }), (choices) => {
        const world = new World();
        for (const next of choices) world.play(next);
        world.settle();
        assert.equal(world.inFlight, undefined);
        assert.equal(world.timerAt, undefined);
        assert.ok(world.removed <= 1, "removed twice");
        if (world.state.phase === "ended") assert.equal(world.removed, 1);
        else {
          assert.equal(world.state.phase, "idle");
          assert.equal(world.shown, world.changes, "the newest state never arrived");
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("paces changes to the burst and one per gap (design §9.4)", () => {
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 60 }), (choices) => {
        const world = new World();
        for (const next of choices) if (next.type !== "fullWanted") world.play(next);
        const times = world.sentAt;
        for (let first = 0; first < times.length; first += 1) {
          for (let last = first; last < times.length; last += 1) {
            const span = (times[last] ?? 0) - (times[first] ?? 0);
            assert.ok(last - first + 1 <= PACE.burst + 1 + span / PACE.gapMs, `${last - first + 1} NOTIFYs within ${span} ms`);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("tries nothing without a way to the phone, and tells the newest as soon as there is one (S-57, S-92)", () => {
    const world = new World();
    world.play({ type: "changed", gapMs: 0 });
    world.answer("noFlow");
    for (let change = 0; change < 5; change += 1) world.play({ type: "changed", gapMs: 40_000 });
    assert.deepEqual([world.inFlight, world.timerAt, world.removed], [undefined, undefined, 0]);
    world.play({ type: "moved", gapMs: 0 });
    world.answer("delivered");
    assert.equal(world.shown, 6);
  });

  it("removes at the second failure in a row, not at the first (design §9.9)", () => {
    const world = new World();
    world.play({ type: "changed", gapMs: 0 });
    world.answer("failed");
    assert.equal(world.removed, 0);
    world.pass(1000);
    assert.equal(world.inFlight, "state", "the newest document goes again");
    world.answer("failed");
    assert.equal(world.removed, 1);
  });
});
