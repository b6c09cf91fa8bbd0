import assert from "node:assert/strict";
import fc from "fast-check";
import { step } from "#base/machine";
import { lifeTable, type Life, type LifeEffect, type LifeEvent } from "#sip/session/life-table";
import { offerTable, type OfferEffect, type OfferEvent, type Offers } from "#sip/session/offer-table";
import { reliableTable, type Reliable, type ReliableEffect, type ReliableEvent } from "#sip/session/reliable-table";
import { DEFAULT_TIMES } from "#sip/transaction/timers";

const RUNS = 3000;
const END = { type: "bye", by: "them" } as const;

const lifeEvent: fc.Arbitrary<LifeEvent> = fc.constantFrom<LifeEvent>(
  { type: "provisional" },
  { type: "success" },
  { type: "failure", end: END },
  { type: "again" },
  { type: "accept" },
  { type: "end", early: END },
  { type: "cancelled", end: END },
  { type: "ack" },
  { type: "noAck" },
  { type: "bye", end: END },
  { type: "lost", end: END, isReachable: true },
  { type: "lost", end: END, isReachable: false },
  { type: "gaveUp", end: END },
);

describe("the life of a session, for every order of events", () => {
  it("tells one end, sends one CANCEL, one BYE, one answer, and is forgotten once, last", () => {
    const start = fc.constantFrom<Life>({ phase: "calling" }, { phase: "ringing" });
    fc.assert(
      fc.property(start, fc.array(lifeEvent, { maxLength: 25 }), (first, events) => {
        let state = first;
        const effects: LifeEffect["type"][] = [];
        for (const event of events) {
          const next = step(lifeTable, state, event);
          if (state.phase === "over") assert.equal(next.state, state);
          // A BYE needs a dialog that both know.
          const types = next.effects.map(({ type }) => type);
          if (types.includes("sendBye")) assert.ok(["answered", "closing", "confirmed", "cancelling"].includes(state.phase));
          if (state.phase === "closing" && types.includes("sendBye")) assert.ok(["ack", "noAck"].includes(event.type));
          if (types.includes("sendCancel")) assert.ok(["proceeding", "cancelling"].includes(state.phase));
          effects.push(...types);
          state = next.state;
        }
        const count = (...types: LifeEffect["type"][]): number => effects.filter((type) => types.includes(type)).length;
        assert.ok(count("tellEnd") <= 1);
        assert.ok(count("sendBye") <= 1 && count("sendCancel") <= 1 && count("becomeConfirmed") <= 1);
        assert.ok(count("sendAccept", "sendRefusal", "sendCancelledAnswer") <= 1);
        assert.equal(count("forget"), state.phase === "over" ? 1 : 0);
        if (count("forget") === 1) assert.equal(effects.at(-1), "forget");
        const isTold = ["over", "cancelling", "closing"].includes(state.phase);
        assert.equal(count("tellEnd"), isTold ? 1 : 0);
      }),
      { numRuns: RUNS },
    );
  });
});

const offerEvent: fc.Arbitrary<OfferEvent> = fc.constantFrom<OfferEvent>(
  { type: "want" },
  { type: "want" },
  { type: "settled" },
  { type: "clashed" },
  { type: "waited" },
  { type: "theirs", isWanted: false },
  { type: "theirs", isWanted: true },
  { type: "answered" },
  { type: "accepted", offers: false },
  { type: "accepted", offers: true },
  { type: "ack" },
  { type: "over" },
);

describe("offers in a dialog, for every order of events", () => {
  it("one is open at a time, each of theirs is asked or refused once, none is sent after the end", () => {
    const start = fc.constantFrom<Offers>({ phase: "stable" }, { phase: "ours" }, { phase: "theirs" });
    fc.assert(
      fc.property(start, fc.array(offerEvent, { maxLength: 30 }), (first, events) => {
        let state = first;
        for (const event of events) {
          const next = step(offerTable, state, event);
          const types = next.effects.map(({ type }) => type);
          checkOffer(state, event, next.effects);
          if (types.includes("sendOffer")) assert.equal(next.state.phase, "ours");
          if (state.phase === "over") assert.deepEqual([next.state, types], [state, []]);
          // A timer that runs is stopped by whatever leaves the wait.
          if (state.phase === "glare" && next.state.phase !== "glare")
            assert.ok(event.type === "waited" || types.includes("stopGlareTimer"));
          state = next.state;
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function checkOffer(state: Offers, event: OfferEvent, effects: readonly OfferEffect[]): void {
  const types = effects.map(({ type }) => type);
  if (types.includes("sendOffer")) assert.ok(["stable", "glare"].includes(state.phase));
  if (event.type !== "theirs" || state.phase === "over") return;
  const answers = types.filter((type) => ["askUser", "askUserForOffer", "refuse"].includes(type));
  assert.equal(answers.length, 1);
  if (["ours", "theirs"].includes(state.phase)) assert.deepEqual(answers, ["refuse"]);
}

describe("reliable provisional answers, for every order of events", () => {
  it("each number is one more, waits for its own PRACK, and every PRACK is answered once", () => {
    const event = fc.oneof(
      fc.constantFrom<ReliableEvent>(
        { type: "want", times: DEFAULT_TIMES },
        { type: "again" },
        { type: "gaveUp" },
        { type: "over" },
      ),
      fc.integer({ min: 6, max: 12 }).map((rseq): ReliableEvent => ({ type: "prack", rseq })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 25 }), (events) => {
        let state: Reliable = { phase: "idle", rseq: 6 };
        let sent = 6;
        let acknowledged = 6;
        for (const one of events) {
          const next: { readonly state: Reliable; readonly effects: readonly ReliableEffect[] } = step(reliableTable, state, one);
          for (const effect of next.effects) {
            if (effect.type === "send") {
              assert.equal(effect.rseq, sent + 1);
              assert.equal(acknowledged, sent);
              sent = effect.rseq;
            } else if (effect.type === "acknowledged") {
              assert.deepEqual(one, { type: "prack", rseq: sent });
              acknowledged = sent;
            }
          }
          if (one.type === "prack") {
            const answers = next.effects.filter(({ type }) => type === "acknowledged" || type === "refusePrack");
            assert.equal(answers.length, 1);
          }
          if (state.phase === "over") assert.equal(next.state, state);
          state = next.state;
        }
      }),
      { numRuns: RUNS },
    );
  });
});
