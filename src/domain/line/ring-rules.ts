import type { Site, Station } from "../site/site.ts";
import type { LegId, Line } from "./line.ts";

/** One key of a station, as far as ringing goes. 0 = none. */
export interface RingKey {
  readonly trunk: string;
  /** The key's own delay, else the station's. */
  readonly delayMs: number;
  /** The key's own. */
  readonly timeoutMs: number;
}

/** How the phone of a station is rung. */
export interface RingRules {
  readonly station: string;
  /** In key order. */
  readonly keys: readonly RingKey[];
  readonly timeoutMs: number;
  /** May it ring while it is in a call of another kind, or of another station with this phone (R27)? */
  readonly callWaiting: boolean;
  /** Time limits as Asterisk reckons them: the earliest counts (sla.md §3.5). */
  readonly isCompatible: boolean;
}

/** The one call that rings a phone (OP5, R20). */
export interface PresentRing {
  /** Whose caller it shows. */
  readonly trunk: string;
  readonly since: number;
}

/** What is remembered of a phone while any of its lines rings. Plain JSON. */
export interface StationRing {
  readonly present?: PresentRing;
  /** Since when it rings for a caller, by the trunk's leg. */
  readonly begun: Readonly<Record<LegId, number>>;
  /** Callers that it is not rung for any more. */
  readonly timedOut: readonly LegId[];
  /** Tries that did not reach it, and when the next one is (R19). */
  readonly failures: number;
  readonly retryAt?: number;
}

/** A phone that does not ring. */
export const SILENT: StationRing = { begun: {}, timedOut: [], failures: 0 };

/** The lines of a station and its other calls, at one moment. */
export interface RingMoment {
  readonly lineOf: (trunk: string) => Line;
  /** Calls of the phone that are on none of these lines. */
  readonly otherCalls: number;
  readonly at: number;
}

/** How the phone of a station of a site is rung. */
export function ringRules({ settings }: Pick<Site, "settings">, station: Station, callWaiting = true): RingRules {
  const keys = station.keys.map(({ trunk, ringdelay, ringtimeout }) => ({
    trunk,
    delayMs: (ringdelay === 0 ? station.ringdelay : ringdelay) * 1000,
    timeoutMs: ringtimeout * 1000,
  }));
  const isCompatible = settings.compat.sla === "asterisk";
  return { station: station.name, keys, timeoutMs: station.ringtimeout * 1000, callWaiting, isCompatible };
}
