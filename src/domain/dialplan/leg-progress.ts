import { APPLICATIONS } from "./application-table.ts";
import { findApplication } from "./applications.ts";
import type { Step as DialplanStep } from "./dialplan.ts";
import { expand } from "./expand.ts";
import { collect } from "./flow-applications.ts";
import type { LegEffect } from "./leg-effect.ts";
import type { LegRun } from "./leg-run.ts";
import { type Leg, STEPS_AT_ONCE_MAX, STEPS_MAX } from "./leg.ts";
import { CAUSE, type Outcome, signal, TONE_MS } from "./outcome.ts";
import type { Step } from "#base/machine";

/** Runs steps from where the leg is until it waits or is over (sla.md §5.5). */
export function proceed(run: LegRun): Step<Leg, LegEffect> {
  const budget = { steps: STEPS_AT_ONCE_MAX };
  for (;;) {
    const { priority } = run.facts;
    const step = run.world.lookup.step(run.place(), priority);
    if (step !== undefined && isSpent(run, budget)) return over(run, CAUSE.failure);
    const outcome = step === undefined ? withoutStep(run) : runStep(run, step);
    switch (outcome.kind) {
      case "next":
        run.change({ priority: priority + 1 });
        break;
      case "goto":
        run.change({ context: outcome.context, extension: outcome.extension, priority: outcome.priority });
        break;
      case "wait":
        return { state: { ...outcome.wait, facts: run.facts }, effects: run.effects };
      case "hangup":
        return finish(run, outcome.cause, budget);
    }
  }
}

/** From the step after the one that waited. */
export function proceedAfter(run: LegRun): Step<Leg, LegEffect> {
  run.change({ priority: run.facts.priority + 1 });
  return proceed(run);
}

/** From the beginning of an extension. */
export function proceedAt(run: LegRun, context: string, extension: string): Step<Leg, LegEffect> {
  run.change({ context, extension, priority: 1 });
  return proceed(run);
}

interface Budget {
  steps: number;
}

/** Hangs up; before that, the `h` extension of the context runs, in which whatever would have to wait ends it. */
export function finish(run: LegRun, cause?: number, budget: Budget = { steps: STEPS_AT_ONCE_MAX }): Step<Leg, LegEffect> {
  const last = cause ?? (run.facts.cause === 0 ? CAUSE.normal : run.facts.cause);
  run.change({ cause: last });
  runEnding(run, budget);
  return over(run, last);
}

/** The caller is gone: only the `h` extension is left. */
export function finishGone(run: LegRun): Step<Leg, LegEffect> {
  if (run.facts.cause === 0) run.change({ cause: CAUSE.normal });
  runEnding(run, { steps: STEPS_AT_ONCE_MAX });
  return { state: { phase: "ended" }, effects: run.effects };
}

function over(run: LegRun, cause: number): Step<Leg, LegEffect> {
  return { state: { phase: "ended" }, effects: [...run.effects, { type: "hangup", cause }] };
}

function runEnding(run: LegRun, budget: Budget): void {
  run.ending = true;
  run.change({ extension: "h", priority: 1 });
  for (;;) {
    const { priority } = run.facts;
    const step = run.world.lookup.step(run.place(), priority);
    if (step === undefined || isSpent(run, budget)) return;
    const outcome = runStep(run, step);
    if (outcome.kind === "next") run.change({ priority: priority + 1 });
    else if (outcome.kind === "goto")
      run.change({ context: outcome.context, extension: outcome.extension, priority: outcome.priority });
    else return;
  }
}

/** Counts one more step; true when there has been one too many, which is then said once. */
function isSpent(run: LegRun, budget: Budget): boolean {
  run.change({ stepCount: run.facts.stepCount + 1 });
  budget.steps -= 1;
  const isSpent = budget.steps < 0 || run.facts.stepCount > STEPS_MAX;
  const { extension, context } = run.facts;
  if (isSpent) run.warn(`${extension}@${context} goes round in a circle: ended after ${run.facts.stepCount - 1} steps`);
  return isSpent;
}

function runStep(run: LegRun, step: DialplanStep): Outcome {
  const found = findApplication(step.application);
  if (found.kind === "supported") return APPLICATIONS[found.name](run, expand(run.world.lookup.template(step), run));
  const why =
    found.kind === "asterisk" ? `application ${found.name} is not supported` : `there is no application ${step.application}`;
  run.warn(`${why}: the call ends here`);
  return { kind: "hangup", cause: CAUSE.failure };
}

/** No step of this priority: the end of the extension, or no such extension. */
function withoutStep(run: LegRun): Outcome {
  const { lookup } = run.world;
  const { extension, context } = run.facts;
  if (lookup.step(run.place(), 1) !== undefined) return fallThrough(run);
  const invalid = invalidTarget(run);
  if (invalid !== undefined) return invalid;
  run.warn(`${extension}@${context} is not there, nor is an extension i: the call ends`);
  return { kind: "hangup", cause: CAUSE.unallocated };
}

/** Where a call goes whose extension is not there: `i`, else `e`. */
export function invalidTarget(run: LegRun, context = run.facts.context, extension = run.facts.extension): Outcome | undefined {
  const { lookup } = run.world;
  const target = ["i", "e"].find((name) => lookup.step(run.place(name, context), 1) !== undefined);
  if (target === undefined) return undefined;
  if (target === "i") run.setVariable("INVALID_EXTEN", extension);
  return { kind: "goto", context, extension: target, priority: 1 };
}

/** The end of an extension: what became of the last Dial is heard (sla.md §5.5). */
function fallThrough(run: LegRun): Outcome {
  if (run.world.waitsForDigits === true) return collect(run, run.facts.context, "timeoutExtension");
  const status = run.variable("DIALSTATUS");
  const cause = run.facts.cause;
  if (status === "BUSY") return signal(run, "busy", TONE_MS, cause === 0 ? CAUSE.busy : cause);
  if (status === "CONGESTION" || status === "CHANUNAVAIL")
    return signal(run, "congestion", TONE_MS, cause === 0 ? CAUSE.congestion : cause);
  return { kind: "hangup" };
}
