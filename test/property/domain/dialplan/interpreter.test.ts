import assert from "node:assert/strict";
import fc from "fast-check";
import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { advance, FRESH_LEG } from "#domain/dialplan/interpreter";
import { type Leg, STEPS_AT_ONCE_MAX, STEPS_MAX } from "#domain/dialplan/leg";
import type { LegEvent, LegResult } from "#domain/dialplan/leg-event";
import type { DialplanWorld } from "#domain/dialplan/leg-run";

const EXTENSIONS = ["s", "1", "_X", "_X.", "h", "i", "t", "e"];
const CALLS = [
  "NoOp ${EXTEN}", "Goto 1", "Goto +1", "Goto -1", "Goto s,1", "Goto 5,1", "Goto d,s,1", "Goto label", "Goto ${a},1",
  "GotoIf $[${PRIORITY} > 1]?s,1:i,1", "Set a=${a}x", "Set __b=1", "Set CALLERID(num)=1", "Set DEVICE_STATE(Custom:x)=INUSE",
  "Answer ", "Wait 1", "Read a,dial,3,i", "Dial SIP/1,5", "Dial SIP/1,,g", "Dial ", "Busy 1", "Congestion ", "Hangup ", "Playback a",
  "SLAStation a_b", "SLATrunk t", "CallCompletionRequest ", "CallCompletionCancel ", "DISA no-password,c", "VoiceMail 1", "Nothing ",
]; // prettier-ignore

const step = fc.constantFrom(...CALLS).map((call) => {
  const blank = call.indexOf(" ");
  return { application: call.slice(0, blank), args: call.slice(blank + 1) };
});

const world: fc.Arbitrary<DialplanWorld> = fc
  .record({
    contexts: fc.array(fc.tuple(fc.constantFrom(...EXTENSIONS), fc.array(step, { minLength: 1, maxLength: 4 })), {
      minLength: 1,
      maxLength: 8,
    }),
    others: fc.array(fc.tuple(fc.constantFrom(...EXTENSIONS), fc.array(step, { maxLength: 3 })), { maxLength: 3 }),
    waitsForDigits: fc.boolean(),
  })
  .map(({ contexts, others, waitsForDigits }) => ({
    lookup: new DialplanLookup({
      globals: [],
      contexts: [contextOf("c", contexts, "d"), contextOf("d", others, "c")],
    }),
    facts: {
      deviceState: () => "UNKNOWN" as const,
      extensionState: () => "UNKNOWN",
      hint: () => undefined,
      completionOption: () => "",
      hasTone: () => true,
    },
    waitsForDigits,
  }));

function contextOf(
  name: string,
  entries: readonly [string, readonly { application: string; args: string }[]][],
  included: string,
) {
  const extensions = [...new Map(entries)].map(([extension, calls]) => ({
    name: extension,
    steps: calls.map((call, at) => ({
      ...call,
      priority: at + 1,
      origin: "extensions.conf:1",
      ...(at === 1 ? { label: "label" } : {}),
    })),
  }));
  return { name, extensions, includes: [{ context: included, origin: "extensions.conf:1" }], ignorePatterns: [] };
}

const result = fc.constantFrom(
  { type: "answered" as const },
  { type: "elapsed" as const },
  { type: "played" as const, status: "SUCCESS" as const },
  { type: "digits" as const, status: "OK" as const, digits: "5" },
  { type: "digits" as const, status: "TIMEOUT" as const, digits: "" },
  { type: "digits" as const, status: "HANGUP" as const, digits: "1" },
  { type: "dialled" as const, status: "BUSY" as const, cause: 17 },
  { type: "dialled" as const, status: "ANSWER" as const },
  { type: "stationEnded" as const, status: "SUCCESS" as const },
  { type: "trunkEnded" as const, status: "RINGTIMEOUT" as const },
  { type: "completionRequested" as const },
  { type: "completionCancelled" as const, reason: "NOT_GENERIC" as const },
);

/** Results for this wait (0) or for an earlier one; now and then the caller hangs up. */
const script = fc.array(fc.tuple(result, fc.constantFrom(0, 0, 0, 0, 1, 7), fc.boolean()), { maxLength: 40 });

/** The result that fits the phase, so that scripts get anywhere. */
const FITTING: Partial<Record<Leg["phase"], LegEvent["type"]>> = {
  answering: "answered",
  pausing: "elapsed",
  playing: "played",
  reading: "digits",
  collecting: "digits",
  dialling: "dialled",
  atStation: "stationEnded",
  atTrunk: "trunkEnded",
  requesting: "completionRequested",
  cancelling: "completionCancelled",
  signalling: "elapsed",
};

function enter(extension: string): LegEvent {
  const call = { callerNumber: "1", callerName: "", channel: "SIP/a", uniqueId: "1" };
  return { type: "enter", at: 0, context: "c", extension, ...call };
}

describe("any leg in any small dialplan", function () {
  this.timeout(20_000);

  it("never fails, never exceeds its steps, waits for its last effect, ends when the caller hangs up, and survives JSON between events", () => {
    fc.assert(
      fc.property(world, fc.constantFrom("s", "1", "55", ""), script, fc.nat(40), (site, extension, results, hangUpAfter) => {
        let leg: Leg = FRESH_LEG;
        const send = (event: LegEvent): void => {
          const before = leg;
          const steps = "facts" in before ? before.facts.stepCount : 0;
          const moved = advance(site, before, event);
          const copy = JSON.parse(JSON.stringify(before)) as Leg;
          assert.deepEqual(JSON.parse(JSON.stringify(advance(site, copy, event))), JSON.parse(JSON.stringify(moved)));
          leg = moved.state;
          const last = moved.effects.at(-1);
          if (leg === before) assert.deepEqual(moved.effects, []);
          else if ("facts" in leg) {
            assert.ok(last !== undefined && "id" in last && last.id === leg.facts.waitCount);
            assert.ok(leg.facts.stepCount <= STEPS_MAX && leg.facts.stepCount - steps <= STEPS_AT_ONCE_MAX);
          } else assert.equal(leg.phase, "ended");
          assert.ok(moved.effects.slice(0, -1).every((effect) => !("id" in effect) && effect.type !== "hangup"));
        };
        send(enter(extension));
        for (const [index, [wanted, back, fits]] of results.entries()) {
          if (index === hangUpAfter) {
            send({ type: "hungup", at: index });
            assert.equal(leg.phase, "ended");
          }
          const id = ("facts" in leg ? leg.facts.waitCount : 0) - back;
          const type: LegEvent["type"] = fits ? (FITTING[leg.phase] ?? wanted.type) : wanted.type;
          send({ status: "SUCCESS", digits: "5", ...wanted, type, id, at: index } as unknown as LegResult);
        }
        send({ type: "hungup", at: 100 });
        assert.equal(leg.phase, "ended");
      }),
      { numRuns: 1000 },
    );
  });
});
