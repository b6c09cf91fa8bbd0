import { NONCE_LIFE_MS } from "./nonce.ts";
import { RecentMap } from "#base/recent-map";

/** Nonces tracked at once: 13 s of 15,000 registrations a second, 60 MB. Earlier ones are then refused before their time. */
const NONCES_MAX = 200_000;
/** Counts behind the highest that may still come late (G-4). */
const WINDOW = 64;
const MASK = (1n << BigInt(WINDOW)) - 1n;

interface Seen {
  readonly madeAt: number;
  highest: number;
  /** Bit i set: highest - i was used. */
  used: bigint;
}

/** Each (nonce, count) of this run is good once, a little out of order (G-4). The transaction layer has absorbed repeats before. */
export class ReplayWindow {
  readonly #seen: RecentMap<Seen>;
  /** Nonces made up to here that are not tracked may have been used, and were forgotten. */
  #forgottenUpTo = Number.NEGATIVE_INFINITY;

  constructor(noncesMax = NONCES_MAX) {
    this.#seen = new RecentMap({ lifeMs: NONCE_LIFE_MS, entriesMax: noncesMax }, (values) => {
      for (const { madeAt } of values) this.#forgottenUpTo = Math.max(this.#forgottenUpTo, madeAt);
    });
  }

  /** Notes the use; false: used before, too far behind, or nobody can tell any more. */
  use(nonce: { readonly id: string; readonly madeAt: number }, count: number, now: number): boolean {
    const seen = this.#seen.get(nonce.id);
    if (seen !== undefined) return useAgain(seen, count);
    if (nonce.madeAt <= this.#forgottenUpTo) return false;
    this.#seen.set(nonce.id, { madeAt: nonce.madeAt, highest: count, used: 1n }, now);
    return true;
  }

  get size(): number {
    return this.#seen.size;
  }
}

function useAgain(seen: Seen, count: number): boolean {
  if (count > seen.highest) {
    const step = count - seen.highest;
    seen.used = step >= WINDOW ? 1n : ((seen.used << BigInt(step)) | 1n) & MASK;
    seen.highest = count;
    return true;
  }
  const behind = seen.highest - count;
  if (behind >= WINDOW) return false;
  const bit = 1n << BigInt(behind);
  if ((seen.used & bit) !== 0n) return false;
  seen.used |= bit;
  return true;
}
