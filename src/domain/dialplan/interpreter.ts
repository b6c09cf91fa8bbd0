import { step, type Step, type Table } from "#base/machine";
import type { LegEffect } from "./leg-effect.ts";
import type { DialResult, LegEntry, LegEvent } from "./leg-event.ts";
import { finish, finishGone, invalidTarget, proceed, proceedAfter, proceedAt } from "./leg-progress.ts";
import { type DialplanWorld, LegRun } from "./leg-run.ts";
import { type Leg, type LegFacts, VARIABLES_MAX } from "./leg.ts";
import { CAUSE, DIGITS_MAX, signal, TONE_MS } from "./outcome.ts";

/**
 * A call leg in the dialplan, as a table (sla.md §5.5). Everything that moves it lives here: an event comes in, steps run until one must
 * wait, and what must be done comes out. Late, double and foreign events change nothing.
 */
export function advance(world: DialplanWorld, leg: Leg, event: LegEvent): Moved {
  if ("id" in event && (!("facts" in leg) || event.id !== leg.facts.waitCount)) return { state: leg, effects: [] };
  return step(legTable, leg, { ...event, world });
}

/** A leg before it enters. */
export const FRESH_LEG: Leg = { phase: "fresh" };

type Moved = Step<Leg, LegEffect>;
type Stamped = LegEvent & { readonly world: DialplanWorld };
type Running = Extract<Leg, { facts: LegFacts }>;

const legTable: Table<Leg["phase"], Leg, Stamped, LegEffect> = {
  fresh: {
    enter: (_, event) => enter(event.world, event),
    hungup: () => ({ state: { phase: "ended" }, effects: [] }),
  },

  answering: {
    answered: (leg, event) => proceedAfter(resume(leg, event, { up: true })),
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  pausing: {
    elapsed: (leg, event) => proceedAfter(resume(leg, event)),
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  playing: {
    played: (leg, event) => proceedAfter(withVariables(resume(leg, event), [["PLAYBACKSTATUS", event.status]])),
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  reading: {
    digits: (leg, event) => {
      const run = resume(leg, event);
      // Kept on TIMEOUT, too (sla.md §5.7).
      run.set(leg.variable, event.digits.slice(0, DIGITS_MAX));
      run.setVariable("READSTATUS", event.status);
      return event.status === "HANGUP" ? finishGone(run) : proceedAfter(run);
    },
    hungup: (leg, event) => finishGone(withVariables(resume(leg, event), [["READSTATUS", "HANGUP"]])),
  },

  collecting: {
    digits: (leg, event) => {
      const run = resume(leg, event);
      if (event.status === "HANGUP") return finishGone(run);
      return collected(run, leg, event.digits.slice(0, DIGITS_MAX));
    },
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  dialling: {
    dialled: (leg, event) => {
      const run = resume(leg, event, event.status === "ANSWER" ? { up: true } : {});
      noteDial(run, event);
      if (event.gone === true || event.status === "CANCEL") return finishGone(run);
      return event.status === "ANSWER" && !leg.continues ? finish(run) : proceedAfter(run);
    },
    hungup: (leg, event) => finishGone(withVariables(resume(leg, event), [["DIALSTATUS", "CANCEL"]])),
  },

  atStation: {
    stationEnded: (leg, event) => {
      const run = resume(leg, event, event.status === "SUCCESS" ? { up: true } : {});
      run.setVariable("SLASTATION_STATUS", event.status);
      if (event.cause !== undefined) run.change({ cause: event.cause });
      return event.gone === true ? finishGone(run) : proceedAfter(run);
    },
    // A station that leaves a call is told by stationEnded: what hangs up here was not connected yet (sla.md §3.8).
    hungup: (leg, event) => finishGone(withVariables(resume(leg, event), [["SLASTATION_STATUS", "CONGESTION"]])),
  },

  atTrunk: {
    trunkEnded: (leg, event) => {
      const run = resume(leg, event, event.status === "SUCCESS" ? { up: true } : {});
      run.setVariable("SLATRUNK_STATUS", event.status);
      if (event.cause !== undefined) run.change({ cause: event.cause });
      return event.gone === true || event.status === "UNANSWERED" ? finishGone(run) : proceedAfter(run);
    },
    hungup: (leg, event) => finishGone(withVariables(resume(leg, event), [["SLATRUNK_STATUS", "UNANSWERED"]])),
  },

  requesting: {
    completionRequested: (leg, event) => proceedAfter(withResult(resume(leg, event), "CC_REQUEST", event.reason)),
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  cancelling: {
    completionCancelled: (leg, event) => proceedAfter(withResult(resume(leg, event), "CC_CANCEL", event.reason)),
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  signalling: {
    elapsed: (leg, event) => finish(resume(leg, event)),
    hungup: (leg, event) => finishGone(resume(leg, event)),
  },

  ended: {},
};

function enter(world: DialplanWorld, event: LegEntry): Moved {
  const { context, channel, uniqueId, callerNumber, callerName, at, up = false } = event;
  const extension = event.extension === "" ? "s" : event.extension;
  if (world.lookup.step({ context, extension, callerNumber }, 1) === undefined)
    return { state: { phase: "ended" }, effects: [{ type: "refuse", status: 404 }] };
  const variables = (event.variables ?? []).slice(0, VARIABLES_MAX);
  const before = { variables, completion: [], stepCount: 0, waitCount: 0, cause: 0, priority: 1 };
  return proceed(new LegRun(world, { context, extension, channel, uniqueId, callerNumber, callerName, at, up, ...before }));
}

function resume(leg: Running, { world, at }: Stamped, changed: Partial<LegFacts> = {}): LegRun {
  return new LegRun(world, { ...leg.facts, at, ...changed });
}

function withVariables(run: LegRun, variables: readonly (readonly [string, string])[]): LegRun {
  for (const [name, value] of variables) run.setVariable(name, value);
  return run;
}

/** ccss.md §4.2 and §4.3: a reason only where there was no success. */
function withResult(run: LegRun, name: "CC_REQUEST" | "CC_CANCEL", reason: string | undefined): LegRun {
  const result = reason === undefined ? "SUCCESS" : "FAIL";
  return withVariables(run, [[`${name}_RESULT`, result], ...(reason === undefined ? [] : [[`${name}_REASON`, reason] as const])]);
}

function noteDial(run: LegRun, { status, cause, dialedSeconds, answeredSeconds, peerName }: DialResult): void {
  run.setVariable("DIALSTATUS", status);
  if (dialedSeconds !== undefined) run.setVariable("DIALEDTIME", String(dialedSeconds));
  if (answeredSeconds !== undefined) run.setVariable("ANSWEREDTIME", String(answeredSeconds));
  if (peerName !== undefined) run.setVariable("DIALEDPEERNAME", peerName);
  if (cause !== undefined) run.change({ cause });
}

/** Digits of an extension: there, or `i`, or `t` when there are none; else a tone or the end. */
function collected(run: LegRun, leg: Extract<Leg, { phase: "collecting" }>, digits: string): Moved {
  const { context, onFailure } = leg;
  const extension = digits === "" ? "t" : digits;
  if (run.world.lookup.step(run.place(extension, context), 1) !== undefined) return proceedAt(run, context, extension);
  const invalid = digits === "" ? undefined : invalidTarget(run, context, digits);
  if (invalid?.kind === "goto") return proceedAt(run, invalid.context, invalid.extension);
  if (onFailure === "timeoutExtension") return finish(run, digits === "" ? undefined : CAUSE.unallocated);
  const outcome = signal(run, "congestion", TONE_MS, CAUSE.unallocated);
  return outcome.kind === "wait" ? { state: { ...outcome.wait, facts: run.facts }, effects: run.effects } : finish(run);
}
