import { RecentMap } from "#base/recent-map";
import { sourceBlock } from "./source-block.ts";

/** How many wrong answers somebody may give (G-11, design §9.16). */
export interface FailureLimits {
  /** From one source for one account within the window. */
  readonly perAccountMax: number;
  /** From one source for all accounts within the window: a whole office may stand behind one address. */
  readonly perSourceMax: number;
  /** From this one on, of a source or for an account, answers come slowly. */
  readonly slowFrom: number;
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
  slowFrom: 5,
  windowMs: 600_000,
  blockMs: 600_000,
  blockMaxMs: 2_400_000,
  entriesMax: 100_000,
};

/** What becomes of a wrong answer. `closed`: it was the last one for now. */
export type Failure = "counted" | "slow" | "closed";

/** A source that is shut out, for all accounts or for one. */
export interface Ban {
  /** As `sourceBlock` writes it. */
  readonly source: string;
  readonly account?: string;
  /** Epoch ms. */
  readonly until: number;
  /** The how manieth in a row. */
  readonly times: number;
}

interface Count {
  failures: number;
  since: number;
  blocks: number;
  blockedUntil: number;
}

/** Account names in keys are cut here: they are the peer's, at this point. */
const NAME_MAX = 128;
/** Longer than any binding or subscription lives without showing its password again. */
const KNOWN_MS = 7_200_000;
/** Longer than any window and any block that can be set: what is over is told by times, not by forgetting. */
const KEPT_MS = 172_800_000;

/**
 * Counts wrong answers to our nonces. First challenges cost nothing, so an office behind one address is not hurt; an account is never
 * closed to other sources. A source is *known* once an account has logged in from there: then a phone that gave the right password lately
 * is not shut out by its neighbours' wrong ones, and one wrong account shuts out itself only. A stranger who is shut out is not answered.
 */
export class FailureLimiter {
  readonly #limits: FailureLimits;
  readonly #counts: RecentMap<Count>;
  readonly #welcome: RecentMap<true>;
  readonly #known: RecentMap<true>;

  constructor(limits: FailureLimits = DEFAULT_FAILURE_LIMITS) {
    this.#limits = limits;
    const { entriesMax } = limits;
    this.#counts = new RecentMap({ lifeMs: KEPT_MS, entriesMax });
    this.#welcome = new RecentMap({ lifeMs: KNOWN_MS, entriesMax });
    this.#known = new RecentMap({ lifeMs: KNOWN_MS, entriesMax });
  }

  /** Counters kept now. */
  get size(): number {
    return this.#counts.size;
  }

  /** Has an account logged in from there lately? */
  isKnown(source: string): boolean {
    return this.isKnownBlock(sourceBlock(source));
  }

  /** The same of a source that `sourceBlock` has written. */
  isKnownBlock(block: string): boolean {
    return this.#known.get(block) !== undefined;
  }

  /** Takes a source for known: it has a binding or a subscription of an earlier run. */
  welcome(source: string, now: number): void {
    this.#known.set(sourceBlock(source), true, now);
  }

  /** Is everything of this source, as `sourceBlock` writes it, to be dropped? */
  isBannedBlock(block: string, now: number): boolean {
    return this.#isClosed(block, now) && !this.isKnownBlock(block);
  }

  /** Is an answer of this source for this account refused without a look? */
  isBlocked(source: string, account: string, now: number): boolean {
    if (this.#counts.size === 0) return false;
    const block = sourceBlock(source);
    const pair = pairKey(block, account);
    return this.#isClosed(pair, now) || (this.#isClosed(block, now) && this.#welcome.get(pair) === undefined);
  }

  /** Notes a wrong answer. */
  failed(source: string, account: string, now: number): Failure {
    const block = sourceBlock(source);
    const pair = this.#count(pairKey(block, account), this.#limits.perAccountMax, now);
    // A stranger who tries one account for long is shut out as a whole.
    const max = pair === "closed" && this.#known.get(block) === undefined ? 1 : this.#limits.perSourceMax;
    const whole = this.#count(block, max, now);
    if (pair === "closed" || whole === "closed") return "closed";
    return pair === "slow" || whole === "slow" ? "slow" : "counted";
  }

  /** Notes a right answer. `isThere`: it is certain that it came from this source. */
  succeeded(source: string, account: string, now: number, isThere = true): void {
    const block = sourceBlock(source);
    const pair = pairKey(block, account);
    this.#counts.delete(pair);
    if (!isThere) return;
    this.#welcome.set(pair, true, now);
    this.#known.set(block, true, now);
  }

  /** Who is shut out now. */
  bans(now: number): Ban[] {
    return [...this.#counts.entries()].flatMap(([key, { blockedUntil, blocks }]) => {
      if (now >= blockedUntil) return [];
      const blank = key.indexOf(" ");
      const who = blank === -1 ? { source: key } : { source: key.slice(0, blank), account: key.slice(blank + 1) };
      return [{ ...who, until: blockedUntil, times: blocks }];
    });
  }

  /** Lets a source in again, with all accounts, and forgets what it did; false: it was not shut out. */
  free(source: string, now: number): boolean {
    const block = sourceBlock(source);
    const freed = this.bans(now).filter((ban) => ban.source === block);
    for (const { account } of freed) this.#counts.delete(account === undefined ? block : pairKey(block, account));
    if (freed.length > 0) this.#counts.delete(block);
    return freed.length > 0;
  }

  #count(key: string, max: number, now: number): Failure {
    const { windowMs, blockMs, blockMaxMs, slowFrom } = this.#limits;
    const count = this.#counts.get(key) ?? { failures: 0, since: now, blocks: 0, blockedUntil: -Infinity };
    if (now - count.since >= windowMs) {
      count.failures = 0;
      count.since = now;
    }
    // Who kept still for long begins anew.
    if (now - count.blockedUntil >= windowMs + blockMaxMs) count.blocks = 0;
    count.failures += 1;
    const { failures } = count;
    if (failures >= max) {
      count.blockedUntil = now + Math.min(blockMs * 2 ** count.blocks, blockMaxMs);
      count.blocks += 1;
      count.failures = 0;
    }
    this.#counts.set(key, count, now);
    if (failures >= max) return "closed";
    return failures >= slowFrom ? "slow" : "counted";
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
