import { NONCE_LIFE_MS } from "./nonce.ts";

/** Nonces tracked at once; beyond it the oldest is forgotten and its next use is answered stale. */
const NONCES_MAX = 200_000;
/** Counts behind the highest that may still come late (G-4). */
const WINDOW = 64;

interface Seen {
  highest: number;
  /** Bit i set: highest - i was used. */
  used: bigint;
  readonly until: number;
}

/** Each (nonce, count) is good once, a little out of order (G-4). The transaction layer has absorbed repeats before. */
export class ReplayWindow {
  readonly #seen = new Map<string, Seen>();

  /** Notes the use; false: used before, or too far behind. */
  use(nonce: string, count: number, now: number): boolean {
    this.#sweep(now);
    const seen = this.#seen.get(nonce);
    if (seen === undefined) {
      this.#seen.set(nonce, { highest: count, used: 1n, until: now + NONCE_LIFE_MS });
      return true;
    }
    if (count > seen.highest) {
      const step = count - seen.highest;
      seen.used = step >= WINDOW ? 1n : ((seen.used << BigInt(step)) | 1n) & MASK;
      seen.highest = count;
      return true;
    }
    const behind = seen.highest - count;
    const bit = 1n << BigInt(Math.min(behind, WINDOW));
    if (behind >= WINDOW || (seen.used & bit) !== 0n) return false;
    seen.used |= bit;
    return true;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Insertion order is age: only the front is looked at. */
  #sweep(now: number): void {
    for (const [nonce, { until }] of this.#seen) {
      if (until > now && this.#seen.size < NONCES_MAX) return;
      this.#seen.delete(nonce);
    }
  }
}

const MASK = (1n << BigInt(WINDOW)) - 1n;
