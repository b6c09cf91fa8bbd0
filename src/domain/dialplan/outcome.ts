import type { LegFacts, Leg } from "./leg.ts";
import type { LegRun } from "./leg-run.ts";

/** Where a step leads. */
export type Outcome =
  /** To priority + 1. */
  | { readonly kind: "next" }
  | { readonly kind: "goto"; readonly context: string; readonly extension: string; readonly priority: number }
  /** Its effect, the last one out, will be answered. */
  | { readonly kind: "wait"; readonly wait: Wait }
  /** The leg is over; its own cause when none is given. */
  | { readonly kind: "hangup"; readonly cause?: number };

/** A waiting phase before the leg's facts are known to the end. */
export type Wait = WithoutFacts<Exclude<Leg, { phase: "fresh" | "ended" }>>;
type WithoutFacts<W> = W extends { facts: LegFacts } ? Omit<W, "facts"> : never;

/** One application: its arguments filled in. */
export type Application = (run: LegRun, args: string) => Outcome;

/** On to the next priority. */
export const NEXT: Outcome = { kind: "next" };

/** Q.850 causes that the dialplan gives by itself. */
export const CAUSE = { unallocated: 1, normal: 16, busy: 17, failure: 38, congestion: 34 } as const;

/** How long the tone sounds at the end of an extension whose call failed (sla.md §5.5), and after a wrong number. */
export const TONE_MS = 10_000;

/** Digits of an extension: the first within 10 s, each further one within 5 s (sla.md §5.5). */
export const FIRST_DIGIT_MS = 10_000;
export const NEXT_DIGIT_MS = 5000;

/** Digits kept of what is dialled. */
export const DIGITS_MAX = 255;

/** No wait, tone or ringing of the dialplan is longer: a day. */
const DURATION_MAX_MS = 86_400_000;

/** Seconds as applications take them: "1.5"; undefined when it is no number above 0. */
export function milliseconds(text: string): number | undefined {
  const found = /^\s{0,80}\+?(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})/.exec(text)?.[1];
  const ms = found === undefined ? 0 : Math.round(Number(found) * 1000);
  return ms > 0 ? Math.min(ms, DURATION_MAX_MS) : undefined;
}

/** Units that Wait takes behind its number. */
const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** How long Wait waits: seconds, or another unit behind the number ("500ms"); undefined when it is no time above 0. */
export function timeLength(text: string): number | undefined {
  const [, number = "", unit = ""] = /^\s{0,80}([\d.]{1,20})\s{0,80}(ms|[smh])?\s{0,80}$/i.exec(text) ?? [];
  const ms = Math.round(Number(number) * (UNITS_MS.get(unit.toLowerCase()) ?? 1000));
  return ms > 0 ? Math.min(ms, DURATION_MAX_MS) : undefined;
}

/** Options as applications take them: letters, each with or without `(value)`. */
export function optionsOf(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index);
    const hasValue = text.charAt(index + 1) === "(";
    const close = hasValue ? text.indexOf(")", index) : -1;
    const end = close === -1 ? text.length : close;
    options.set(letter, hasValue ? text.slice(index + 2, end) : "");
    if (hasValue) index = end;
  }
  return options;
}

/** A tone that ends the leg. */
export function signal(run: LegRun, type: "busy" | "congestion", ms: number | undefined, cause: number): Outcome {
  run.emit({ type, id: run.newWait(), ...(ms === undefined ? {} : { ms }) });
  run.change({ cause });
  return { kind: "wait", wait: { phase: "signalling" } };
}
