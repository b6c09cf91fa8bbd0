import type { LegId, Line } from "./line.ts";
import type { RingMoment, RingRules, StationRing } from "./ring-rules.ts";
import { isEligible, isExpired, nextChange, type RingClock } from "./ring-time.ts";

/** What to do now. `start`: call the phone, showing this trunk's caller. `keep`: go on; `trunk`: whose caller it should show. */
export type RingAction =
  | { readonly type: "none" }
  | { readonly type: "start" | "keep"; readonly trunk: string }
  /** `isAnswered`: somebody else took it, or this phone by its key: no missed call (B-4). */
  | { readonly type: "cancel"; readonly isAnswered: boolean };

/** What `planRing` makes of the moment; look again at `nextAt`, or when any line or leg of the station changes. */
export interface RingPlan {
  readonly ring: StationRing;
  readonly action: RingAction;
  readonly nextAt?: number;
}

const BACK_OFF_MS = [1000, 2000, 4000, 8000, 10_000] as const;

/** Should the phone ring now, and for whom (sla.md §3.4, R11, R19, R20, R27)? */
export function planRing(rules: RingRules, before: StationRing, moment: RingMoment): RingPlan {
  const ring = expire(rules, forget(rules, before, moment), moment);
  const clock: RingClock = { rules, ring, moment };
  const eligible = rules.keys.filter((key) => isEligible(clock, key)).map(({ trunk }) => trunk);
  const [first] = eligible;
  if (first === undefined || isBusy(rules, moment)) return silence(clock, first !== undefined);
  return isTooEarly(ring, moment) ? planned(clock, { type: "none" }, ring.retryAt) : goOn(clock, eligible, first);
}

/** The trunk that the phone's handset answers: the first in key order that it rings for (R20); undefined: too late for all. */
export function answeredTrunk(rules: RingRules, ring: StationRing, moment: RingMoment): string | undefined {
  return rules.keys.find((key) => isEligible({ rules, ring, moment }, key))?.trunk;
}

/** The call to the phone is over: it answered, it was refused (tell the line: `ringFailed`), or it did not get there (R19). */
export function ringEnded(ring: StationRing, { isReached, at }: { isReached: boolean; at: number }): StationRing {
  const { begun, timedOut, failures } = ring;
  if (isReached) return { begun, timedOut, failures: 0 };
  const wait = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? 0;
  return { begun: {}, timedOut, failures: failures + 1, retryAt: at + wait };
}

// A phone that is in a call on a line is not rung; one that only keeps a call on hold is (R25).
function isBusy({ station, keys, callWaiting }: RingRules, { lineOf, otherCalls }: RingMoment): boolean {
  if (otherCalls > 0 && !callWaiting) return true;
  return keys.some(({ trunk }) => {
    const line = lineOf(trunk);
    const active = line.phase === "dialling" ? line.waiting : line.phase === "up" ? line.connected : [];
    return active.some((leg) => leg.station === station);
  });
}

function isTooEarly({ present, retryAt }: StationRing, { at }: RingMoment): boolean {
  return present === undefined && retryAt !== undefined && at < retryAt;
}

// The caller that it shows stays as long as it may ring for him.
function goOn(clock: RingClock, eligible: readonly string[], first: string): RingPlan {
  const { ring, moment } = clock;
  const { at, lineOf } = moment;
  const { present } = ring;
  const trunk = present !== undefined && eligible.includes(present.trunk) ? present.trunk : first;
  const begun = { ...ring.begun };
  for (const one of eligible) begun[callerOf(lineOf(one))] ??= at;
  const rung: StationRing = { ...ring, begun, present: { trunk, since: present?.since ?? at } };
  return planned({ ...clock, ring: rung }, { type: present === undefined ? "start" : "keep", trunk });
}

function silence(clock: RingClock, isBusyNow: boolean): RingPlan {
  const { ring, moment, rules } = clock;
  const { begun, timedOut } = ring;
  const quiet: RingClock = { ...clock, ring: { begun, timedOut, failures: 0 } };
  const isWaiting = ring.retryAt !== undefined && isBusyNow;
  const after = isWaiting ? { ...clock, ring: { begun, timedOut, failures: ring.failures, retryAt: ring.retryAt } } : quiet;
  if (ring.present === undefined) return planned(after, { type: "none" });
  const isAnswered = isBusy(rules, moment) || moment.lineOf(ring.present.trunk).phase === "up";
  return planned(after, { type: "cancel", isAnswered });
}

function planned(clock: RingClock, action: RingAction, orAt?: number): RingPlan {
  const times = [nextChange(clock), orAt].filter((time) => time !== undefined);
  return { ring: clock.ring, action, ...(times.length > 0 && { nextAt: Math.min(...times) }) };
}

// Nothing is remembered of a caller who has gone or is answered (R18).
function forget({ keys }: RingRules, ring: StationRing, { lineOf }: RingMoment): StationRing {
  const callers = new Set(keys.map(({ trunk }) => callerOf(lineOf(trunk))));
  const begun = Object.fromEntries(Object.entries(ring.begun).filter(([leg]) => callers.has(leg)));
  return { ...ring, begun, timedOut: ring.timedOut.filter((leg) => callers.has(leg)) };
}

function expire(rules: RingRules, ring: StationRing, moment: RingMoment): StationRing {
  const clock: RingClock = { rules, ring, moment };
  const over = rules.keys.filter((key) => isExpired(clock, key)).map(({ trunk }) => callerOf(moment.lineOf(trunk)));
  const timedOut = [...new Set([...ring.timedOut, ...over])];
  return timedOut.length === ring.timedOut.length ? ring : { ...ring, timedOut };
}

function callerOf(line: Line): LegId {
  return line.phase === "ringing" ? line.trunk.leg : "";
}
