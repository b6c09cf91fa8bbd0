import { RecentMap } from "#base/recent-map";
import { sourceBlock } from "./source-block.ts";

/** How many wrong answers somebody may give (G-11, design §9.16). */
export interface FailureLimits {
  /** From one source for one account within the window. */
  readonly perAccountMax: number;
  /** From one source for all accounts within the window: a whole office may stand behind one address. */
  readonly perSourceMax: number;
  readonly windowMs: number;
  /** The first time; each further time in a row twice as long, up to the longest. */
  readonly blockMs: number;
  readonly blockMaxMs: number;
  /** Counters kept. */
  readonly entriesMax: number;
}

export const DEFAULT_FAILURE_LIMITS: FailureLimits = {
  perAccountMax: 20,
  perSourceMax: 100,
  windowMs: 600_000,
  blockMs: 600_000,
  blockMaxMs: 2_400_000,
  entriesMax: 100_000,
};

interface Count {
  failures: number;
  since: number;
  blocks: number;
  blockedUntil: number;
}

/** Account names in keys are cut here: they are the peer's, at this point. */
const NAME_MAX = 128;

/**
 * Counts wrong answers to our nonces. First challenges cost nothing, so an office behind one address is not hurt; an account is never
 * closed to other sources; a phone that gave the right password lately is not shut out by its neighbours' wrong ones.
 */
export class FailureLimiter {
  readonly #limits: FailureLimits;
  readonly #counts: RecentMap<Count>;
  readonly #welcome: RecentMap<true>;

  constructor(limits: FailureLimits = DEFAULT_FAILURE_LIMITS) {
    this.#limits = limits;
    const lifeMs = limits.windowMs + limits.blockMaxMs;
    this.#counts = new RecentMap({ lifeMs, entriesMax: limits.entriesMax });
    this.#welcome = new RecentMap({ lifeMs, entriesMax: limits.entriesMax });
  }

  /** Counters kept now. */
  get size(): number {
    return this.#counts.size;
  }

  /** Is an answer of this source for this account refused without a look? */
  isBlocked(source: string, account: string, now: number): boolean {
    if (this.#counts.size === 0) return false;
    const block = sourceBlock(source);
    const pair = pairKey(block, account);
    return this.#isClosed(pair, now) || (this.#isClosed(block, now) && this.#welcome.get(pair) === undefined);
  }

  /** Notes a wrong answer; true: it was the last one for now. */
  failed(source: string, account: string, now: number): boolean {
    const block = sourceBlock(source);
    const isPairClosed = this.#count(pairKey(block, account), this.#limits.perAccountMax, now);
    return this.#count(block, this.#limits.perSourceMax, now) || isPairClosed;
  }

  /** Notes a right answer. */
  succeeded(source: string, account: string, now: number): void {
    const pair = pairKey(sourceBlock(source), account);
    this.#counts.delete(pair);
    this.#welcome.set(pair, true, now);
  }

  #count(key: string, max: number, now: number): boolean {
    const { windowMs, blockMs, blockMaxMs } = this.#limits;
    const count = this.#counts.get(key) ?? { failures: 0, since: now, blocks: 0, blockedUntil: -Infinity };
    if (now - count.since >= windowMs) {
      count.failures = 0;
      count.since = now;
    }
    count.failures += 1;
    const isLast = count.failures >= max;
    if (isLast) {
      count.blockedUntil = now + Math.min(blockMs * 2 ** count.blocks, blockMaxMs);
      count.blocks += 1;
      count.failures = 0;
    }
    this.#counts.set(key, count, now);
    return isLast;
  }

  #isClosed(key: string, now: number): boolean {
    const count = this.#counts.get(key);
    return count !== undefined && now < count.blockedUntil;
  }
}

/** The block has no blank in it. */
function pairKey(block: string, account: string): string {
  return `${block} ${account.slice(0, NAME_MAX)}`;
}
