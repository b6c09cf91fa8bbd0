import { splitArguments } from "./application-call.ts";
import { parseCause } from "./cause-names.ts";
import { isTrueCondition } from "./condition.ts";
import type { LegRun } from "./leg-run.ts";
import { type Application, CAUSE, DIGITS_MAX, FIRST_DIGIT_MS, NEXT, NEXT_DIGIT_MS, type Outcome, timeLength } from "./outcome.ts";

/** Writes its text into the log. */
export const noOp: Application = (run, args) => {
  run.note(`NoOp(${args})`);
  return NEXT;
};

/** `[level,]text`. */
export const verbose: Application = (run, args) => {
  run.note(args.replace(/^\d{1,2},/, ""));
  return NEXT;
};

/** `name=value`: a variable, or a function that can be written. */
export const set: Application = (run, args) => {
  const equals = args.indexOf("=");
  const name = args.slice(0, Math.max(0, equals)).trim();
  if (name === "") run.warn(`Set(${args}) without "name=" sets nothing`);
  else run.set(name, args.slice(equals + 1));
  return NEXT;
};

/** Seconds, or a number with its unit. */
export const wait: Application = (run, args) => {
  const ms = timeLength(args);
  if (ms === undefined) return NEXT;
  run.emit({ type: "wait", id: run.newWait(), ms });
  return { kind: "wait", wait: { phase: "pausing" } };
};

/** `[cause]`: a number or a name; the leg's own cause without one (sla.md §5.7). */
export const hangup: Application = (run, args) => {
  const wanted = args.trim();
  if (wanted === "") return { kind: "hangup" };
  const cause = parseCause(wanted);
  if (cause !== undefined) return { kind: "hangup", cause };
  run.warn(`Hangup(${wanted}): no such cause`);
  return { kind: "hangup" };
};

/** `[[context,]extension,]priority` (sla.md §5.7). */
export const goto: Application = (run, args) => goTo(run, args);

/** `condition?target[:target]`; an empty target goes on. */
export const gotoIf: Application = (run, args) => {
  const mark = args.indexOf("?");
  const targets = mark === -1 ? "" : args.slice(mark + 1);
  const colon = targets.indexOf(":");
  const [yes, no] = colon === -1 ? [targets, ""] : [targets.slice(0, colon), targets.slice(colon + 1)];
  const target = isTrueCondition(args.slice(0, Math.max(0, mark)).trim()) ? yes : no;
  return target.trim() === "" ? NEXT : goTo(run, target);
};

/** Dial tone, then an extension of `context` (sla.md §5.7). */
export const disa: Application = (run, args) => {
  const [password = "", context = "disa"] = splitArguments(args).map((part) => part.trim());
  if (password !== "no-password") {
    run.warn("DISA is supported without a password only; write DISA(no-password,context)");
    return { kind: "hangup", cause: CAUSE.failure };
  }
  return collect(run, context, "congestion");
};

/** Waits for the digits of an extension. */
export function collect(run: LegRun, context: string, onFailure: "congestion" | "timeoutExtension"): Outcome {
  const isDisa = onFailure === "congestion";
  const answerFirst = isDisa && !run.facts.up;
  run.emit({
    type: "read",
    id: run.newWait(),
    answerFirst,
    prompts: isDisa ? ["dial"] : [],
    tone: isDisa,
    maxDigits: DIGITS_MAX,
    terminators: "#",
    keepsLoneTerminator: false,
    attempts: 1,
    firstDigitMs: FIRST_DIGIT_MS,
    nextDigitMs: NEXT_DIGIT_MS,
    untilMatchedIn: context,
  });
  if (answerFirst) run.change({ up: true });
  return { kind: "wait", wait: { phase: "collecting", context, onFailure } };
}

/** `[[context,]extension,]priority`; what is empty stays as it is. */
function goTo(run: LegRun, target: string): Outcome {
  const parts = splitArguments(target, 3).map((part) => part.trim());
  const [priority = "", extension = "", context = ""] = parts.toReversed();
  const to = {
    context: context === "" ? run.facts.context : context,
    extension: extension === "" ? run.facts.extension : extension,
  };
  const found = priorityOf(run, priority, to);
  if (found !== undefined && found >= 1) return { kind: "goto", ...to, priority: found };
  run.warn(`Goto(${target}): no such priority or label`);
  return { kind: "hangup", cause: CAUSE.failure };
}

function priorityOf(
  run: LegRun,
  priority: string,
  { context, extension }: { context: string; extension: string },
): number | undefined {
  const relative = /^([+-])(\d{1,9})$/.exec(priority);
  if (relative !== null) return run.facts.priority + Number(relative[1] === "-" ? -Number(relative[2]) : relative[2]);
  if (/^\d{1,9}$/.test(priority)) return Number(priority);
  return run.world.lookup.priorityOf(run.place(extension, context), priority);
}
