import { splitArguments, splitAt } from "./application-call.ts";
import type { ReadEffect } from "./leg-effect.ts";
import type { LegRun } from "./leg-run.ts";
import {
  type Application,
  CAUSE,
  DIGITS_MAX,
  FIRST_DIGIT_MS,
  milliseconds,
  NEXT,
  NEXT_DIGIT_MS,
  optionsOf,
  signal,
} from "./outcome.ts";

/** Times that Read asks again. */
const ATTEMPTS_MAX = 100;

/** `[delay ms][,i]`: answers if that has not happened yet; with i, media are not waited for. */
export const answer: Application = (run, args) => {
  if (run.facts.up) return NEXT;
  const [delay = "", options = ""] = splitArguments(args);
  // The delay is milliseconds already.
  const delayMs = Math.round((milliseconds(delay) ?? 0) / 1000);
  const isImmediate = optionsOf(options.trim()).has("i");
  run.emit({ type: "answer", id: run.newWait(), delayMs, ...(isImmediate ? { immediate: true } : {}) });
  return { kind: "wait", wait: { phase: "answering" } };
};

/** Lets the caller hear that it rings. */
export const ringing: Application = (run) => {
  run.emit({ type: "ringing" });
  return NEXT;
};

/** Early media (183). */
export const progress: Application = (run) => {
  run.emit({ type: "progress" });
  return NEXT;
};

/** `[seconds]`. */
export const busy: Application = (run, args) => signal(run, "busy", toneMs(args), CAUSE.busy);

/** `[seconds]`. */
export const congestion: Application = (run, args) => signal(run, "congestion", toneMs(args), CAUSE.congestion);

/** As long as written; not at all for 0, and for ever without a number. */
function toneMs(args: string): number | undefined {
  return milliseconds(args) ?? (/^\s{0,80}\+?0/.test(args) ? 0 : undefined);
}

/** A tone name or a tone list; goes on at once. */
export const playTones: Application = (run, args) => {
  const tones = args.trim();
  if (tones === "") run.warn("Playtones without a tone plays nothing");
  else run.emit({ type: "playTones", tones });
  return NEXT;
};

/** Ends what Playtones began. */
export const stopTones: Application = (run) => {
  run.emit({ type: "stopTones" });
  return NEXT;
};

/** `file[&file…][,skip][,noanswer]`. */
export const playback: Application = (run, args) => {
  const [names = "", ...options] = splitArguments(args).map((part) => part.trim().toLowerCase());
  const files = names === "" ? [] : splitAt(splitArguments(args)[0] ?? "", "&").map((file) => file.trim());
  const isSkipped = options.includes("skip") && !run.facts.up;
  run.setVariable("PLAYBACKSTATUS", files.length === 0 ? "FAILED" : "SUCCESS");
  if (files.length === 0 || isSkipped) return NEXT;
  const answerFirst = !run.facts.up && !options.includes("noanswer");
  run.emit({ type: "playback", id: run.newWait(), answerFirst, files });
  if (answerFirst) run.change({ up: true });
  return { kind: "wait", wait: { phase: "playing" } };
};

/** `variable[,file[&file…]][,maxdigits][,options][,attempts][,timeout]` (sla.md §5.7). */
export const read: Application = (run, args) => {
  const [variable = "", ...parts] = splitArguments(args).map((part) => part.trim());
  const options = optionsOf(parts[2] ?? "");
  const { up } = run.facts;
  if (variable === "") return skipped(run, "", "ERROR");
  if (options.has("s") && !up) return skipped(run, variable, "SKIPPED");
  const answerFirst = !up && !options.has("n");
  run.emit({
    type: "read",
    id: run.newWait(),
    answerFirst,
    ...promptOf(run, parts, options.has("i")),
    ...limitsOf(parts, options),
  });
  if (answerFirst) run.change({ up: true });
  return { kind: "wait", wait: { phase: "reading", variable } };
};

/** What is played, and how long digits are waited for: as long for the first as for the others, but after a prompt without a time. */
function promptOf(
  run: LegRun,
  [file = "", , , , timeout = ""]: readonly string[],
  wantsTone: boolean,
): Pick<ReadEffect, "prompts" | "tone" | "firstDigitMs" | "nextDigitMs"> {
  const tone = wantsTone && run.world.facts.hasTone(file);
  const prompts = file === "" ? [] : splitAt(file, "&");
  const firstDigitMs = milliseconds(timeout) ?? FIRST_DIGIT_MS;
  return { prompts, tone, firstDigitMs, nextDigitMs: milliseconds(timeout) ?? (tone ? FIRST_DIGIT_MS : NEXT_DIGIT_MS) };
}

function limitsOf(
  [, maxDigits = "", , attempts = ""]: readonly string[],
  options: ReadonlyMap<string, string>,
): Pick<ReadEffect, "maxDigits" | "terminators" | "keepsLoneTerminator" | "attempts"> {
  return {
    maxDigits: within(maxDigits, DIGITS_MAX, DIGITS_MAX),
    terminators: options.get("t") ?? "#",
    keepsLoneTerminator: options.has("e"),
    attempts: Math.min(within(attempts, Infinity, 1), ATTEMPTS_MAX),
  };
}

function skipped(run: LegRun, variable: string, status: "ERROR" | "SKIPPED"): typeof NEXT {
  if (variable === "") run.warn("Read without a variable reads nothing");
  else run.set(variable, "");
  run.setVariable("READSTATUS", status);
  return NEXT;
}

/** A number from 1 to `most`, or else `otherwise`. */
function within(text: string, most: number, otherwise: number): number {
  const value = Number(/^\d{1,9}/.exec(text)?.[0] ?? 0);
  return value >= 1 && value <= most ? value : otherwise;
}
