import { RecentMap } from "#base/recent-map";

/** Requests of a source that has never shown a password (design §9.16). */
export interface RateLimits {
  readonly perSecond: number;
  /** At once. */
  readonly burst: number;
}

export const DEFAULT_RATE_LIMITS: RateLimits = { perSecond: 5000, burst: 20_000 };

/** Sources whose requests are counted at once. */
const SOURCES_MAX = 100_000;
/** Whoever was quiet for as long may do everything again anyway. */
const LIFE_MS = 60_000;

/** What a source has used of its burst, at a moment. */
interface Bucket {
  used: number;
  at: number;
}

/** A token bucket for each source: two look-ups and an addition a request, no timer. */
export class SourceRates {
  readonly #limits: RateLimits;
  readonly #buckets: RecentMap<Bucket>;

  constructor(limits: RateLimits = DEFAULT_RATE_LIMITS, sourcesMax = SOURCES_MAX) {
    this.#limits = limits;
    this.#buckets = new RecentMap({ lifeMs: LIFE_MS, entriesMax: sourcesMax });
  }

  /** Sources that are counted now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Counts one more request; false: it is one too many, and does not count. */
  take(source: string, now: number): boolean {
    const { perSecond, burst } = this.#limits;
    const bucket = this.#buckets.get(source);
    if (bucket === undefined) {
      this.#buckets.set(source, { used: 1, at: now }, now);
      return burst >= 1;
    }
    // A clock that was set back gives nothing.
    bucket.used = Math.max(0, bucket.used - (Math.max(0, now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    if (bucket.used + 1 > burst) return false;
    bucket.used += 1;
    return true;
  }
}
