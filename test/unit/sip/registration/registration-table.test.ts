import assert from "node:assert/strict";
import fc from "fast-check";
import { step } from "#base/machine";
import {
  registrationTable,
  startRegistration,
  type RegistrationEvent,
  type RegistrationState,
} from "#sip/registration/registration-table";

const AT = 1_000_000;

function run(...events: RegistrationEvent[]) {
  return events.reduce((before, event) => step(registrationTable, before.state, event), startRegistration(undefined));
}

const located = (places: number): RegistrationEvent => ({ type: "located", places });
const failed: RegistrationEvent = { type: "failed", reason: "no answer" };

describe("registration table", () => {
  it("refreshes between 75 and 90 % of what was granted", () => {
    const { state, effects } = run(located(1), { type: "accepted", seconds: 100, at: AT });
    assert.deepEqual([state.phase, state.heldUntil], ["registered", AT + 100_000]);
    assert.deepEqual(effects, [{ type: "wait", fromMs: 75_000, toMs: 90_000 }]);
  });

  it("asks longer after a 423, once", () => {
    const { state, effects } = run(located(1), { type: "tooBrief", minSeconds: 7200 });
    assert.deepEqual(effects, [{ type: "ask", place: 0, seconds: 7200 }]);
    assert.equal(step(registrationTable, state, { type: "tooBrief", minSeconds: 7200 }).state.phase, "waiting");
    assert.equal(run(located(1), { type: "tooBrief", minSeconds: 10 }).state.phase, "waiting");
  });

  it("tries every place before it backs off, each round for longer up to half an hour (RFC 5626 §4.5)", () => {
    assert.deepEqual(run(located(2), failed).effects, [{ type: "ask", place: 1, seconds: 3600 }]);
    let next = run(located(2), failed, failed);
    const waits: unknown[] = [];
    for (let round = 0; round < 9; round += 1) {
      waits.push(next.effects[0]);
      next = [{ type: "due" } as const, located(1), failed].reduce(
        (before, event) => step(registrationTable, before.state, event),
        next,
      );
    }
    assert.deepEqual(waits.slice(0, 2), [
      { type: "wait", fromMs: 30_000, toMs: 60_000 },
      { type: "wait", fromMs: 60_000, toMs: 120_000 },
    ]);
    assert.deepEqual(waits[8], { type: "wait", fromMs: 900_000, toMs: 1_800_000 });
  });

  it("waits as long as Retry-After asks, at most an hour", () => {
    const { effects } = run(located(1), { ...failed, retryAfterSeconds: 600 });
    assert.deepEqual(effects, [{ type: "wait", fromMs: 600_000, toMs: 600_000 }]);
    const long = run(located(1), { ...failed, retryAfterSeconds: 1e9 });
    assert.deepEqual(long.effects, [{ type: "wait", fromMs: 3_600_000, toMs: 3_600_000 }]);
  });

  it("stops hammering when it is refused: at most two tries an hour", () => {
    const { state, effects } = run(located(3), { type: "refused", reason: "403 Forbidden" });
    assert.equal(state.phase === "waiting" && state.why, "refused");
    assert.deepEqual(effects, [{ type: "wait", fromMs: 1_800_000, toMs: 3_600_000 }]);
  });

  it("has one thing under way whatever comes in whatever order, and nothing after its end", () => {
    const event = fc.oneof<fc.Arbitrary<RegistrationEvent>[]>(
      fc.record({ type: fc.constant("located" as const), places: fc.nat(4) }),
      fc.record({ type: fc.constant("accepted" as const), seconds: fc.nat(4_294_967_295), at: fc.nat() }),
      fc.record({ type: fc.constant("refused" as const), reason: fc.string() }),
      fc.record({ type: fc.constant("tooBrief" as const), minSeconds: fc.nat(200_000) }),
      fc.record({ type: fc.constant("failed" as const), reason: fc.string(), retryAfterSeconds: fc.nat() }),
      fc.constantFrom<RegistrationEvent>({ type: "due" }, { type: "flowLost" }, { type: "removed" }, { type: "stopped" }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let state: RegistrationState = startRegistration(undefined).state;
        for (const one of events) {
          const next = step(registrationTable, state, one);
          const begun = next.effects.filter(({ type }) => type !== "stopWaiting");
          const { phase } = next.state;
          // What holds is taken back once, when it is removed and not only stopped; leaving waits for what is under way.
          const isTakenBack = phase === "over" && one.type !== "stopped" && next.state.heldUntil !== undefined;
          if (next.state === state || phase === "leaving") assert.deepEqual(begun, []);
          else if (phase === "over") assert.deepEqual(begun, isTakenBack ? [{ type: "takeBack" }] : []);
          else assert.equal(begun.length, 1, `${state.phase} ${one.type}`);
          for (const effect of begun) {
            if (effect.type === "wait") assert.ok(effect.fromMs >= 200 && effect.toMs >= effect.fromMs);
            if (effect.type === "ask") assert.ok(effect.seconds >= 1 && effect.seconds <= 86_400);
          }
          if (state.phase === "over") assert.equal(next.state, state);
          ({ state } = next);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
