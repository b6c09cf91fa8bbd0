import type { RingKey, RingMoment, RingRules, StationRing } from "./ring-rules.ts";

/** What the time limits of a phone are reckoned from. */
export interface RingClock {
  readonly rules: RingRules;
  readonly ring: StationRing;
  readonly moment: RingMoment;
}

/** May the phone ring for this key's trunk now (R20)? */
export function isEligible(clock: RingClock, key: RingKey): boolean {
  const caller = callerFor(clock, key);
  if (caller === undefined || clock.ring.timedOut.includes(caller.leg)) return false;
  return clock.moment.at >= caller.since + key.delayMs && !isExpired(clock, key);
}

/** Has it rung long enough for the caller on this key's trunk (R11)? */
export function isExpired(clock: RingClock, key: RingKey): boolean {
  const end = endOf(clock, key);
  return end !== undefined && clock.moment.at >= end;
}

/** The next time at which a delay or a limit is over. */
export function nextChange(clock: RingClock): number | undefined {
  const { rules, ring, moment } = clock;
  const times = rules.keys.flatMap((key) => {
    const caller = callerFor(clock, key);
    if (caller === undefined || ring.timedOut.includes(caller.leg)) return [];
    // A limit that is over when the phone begins to ring ends it at once.
    const end = endOf(clock, key);
    const start = caller.since + key.delayMs;
    return [...(start > moment.at ? [start] : []), ...(end === undefined ? [] : [Math.max(end, moment.at)])];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

// A key's own limit overrides the station's and counts from the end of its delay; the station's counts from when the phone began to ring.
function endOf(clock: RingClock, key: RingKey): number | undefined {
  const { rules, ring } = clock;
  const caller = callerFor(clock, key);
  if (caller === undefined) return undefined;
  if (rules.isCompatible) return compatibleEnd(clock);
  if (key.timeoutMs > 0) return caller.since + key.delayMs + key.timeoutMs;
  const begun = ring.begun[caller.leg];
  return rules.timeoutMs === 0 || begun === undefined ? undefined : begun + rules.timeoutMs;
}

// Asterisk's (sla.md §3.5): one limit for all that ring, the longest of the keys before the first without one, or the station's if that is earlier.
function compatibleEnd(clock: RingClock): number | undefined {
  const { rules, ring } = clock;
  if (ring.present === undefined) return undefined;
  const live = rules.keys.flatMap((key) => {
    const caller = callerFor(clock, key);
    return caller === undefined ? [] : [{ key, caller }];
  });
  const unlimited = live.findIndex(({ key }) => key.timeoutMs === 0);
  const limited = (unlimited < 0 ? live : live.slice(0, unlimited)).filter(({ caller }) => !ring.timedOut.includes(caller.leg));
  const ends = limited.length === 0 ? [] : [Math.max(...limited.map(({ key, caller }) => caller.since + key.timeoutMs))];
  if (rules.timeoutMs > 0) ends.push(ring.present.since + rules.timeoutMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

// Who rings there, unless the phone is done with him (R19).
function callerFor({ rules, moment }: RingClock, { trunk }: RingKey): { leg: string; since: number } | undefined {
  const line = moment.lineOf(trunk);
  if (line.phase !== "ringing" || line.done.some(({ station }) => station === rules.station)) return undefined;
  return { leg: line.trunk.leg, since: line.since };
}
