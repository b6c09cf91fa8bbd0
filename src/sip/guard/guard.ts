import type { Clock } from "#base/clock";
import type { StrangerLog } from "#base/junk-log";
import type { Flow } from "#sip/transport/flow";
import type { FailureLimiter } from "./failure-limiter.ts";
import { isOfScanner } from "./scanners.ts";
import { sourceBlock } from "./source-block.ts";
import { SourceRates, type RateLimits } from "./source-rates.ts";

/** Why a message was dropped unread. */
export type DropReason = "banned" | "rate" | "scanner";

export interface GuardParts {
  readonly trusted: (flow: Flow) => boolean;
  readonly failures: FailureLimiter;
  readonly rates?: RateLimits;
  readonly clock: Clock;
  readonly junk: StrangerLog;
}

const WHY: Readonly<Record<DropReason, string>> = {
  banned: "dropped: too many wrong passwords",
  rate: "dropped: too many requests without a password",
  scanner: "dropped: a scanner",
};

/**
 * What is dropped before it is read (presence.md §1.2 step 3). Trusted sources and those where an account has logged in pass at once, so
 * that the office pays a few look-ups a message; strangers are counted.
 */
export class Guard {
  readonly #parts: GuardParts;
  readonly #rates: SourceRates;
  readonly #blocks = new WeakMap<Flow, string>();
  readonly #drops = { banned: 0, rate: 0, scanner: 0 };

  constructor(parts: GuardParts) {
    this.#parts = parts;
    this.#rates = new SourceRates(parts.rates);
  }

  /** Messages dropped since the start. */
  get drops(): Readonly<Record<DropReason, number>> {
    return this.#drops;
  }

  /** May this message be read? */
  admits(message: string, flow: Flow): boolean {
    const { trusted, failures } = this.#parts;
    if (trusted(flow)) return true;
    const block = this.#blockOf(flow);
    if (failures.isKnownBlock(block)) return true;
    const reason = this.#reason(message, block);
    if (reason === undefined) return true;
    this.#drops[reason] += 1;
    this.#parts.junk.debug(flow.remoteHost, WHY[reason], { transport: flow.transport });
    return false;
  }

  /** Worked out once for each flow of IPv6, where it costs more than the look-ups. */
  #blockOf(flow: Flow): string {
    if (!flow.remoteHost.includes(":")) return sourceBlock(flow.remoteHost);
    const known = this.#blocks.get(flow);
    if (known !== undefined) return known;
    const block = sourceBlock(flow.remoteHost);
    this.#blocks.set(flow, block);
    return block;
  }

  #reason(message: string, block: string): DropReason | undefined {
    const now = this.#parts.clock.now();
    if (this.#parts.failures.isBannedBlock(block, now)) return "banned";
    if (!this.#rates.take(block, now)) return "rate";
    return isOfScanner(message) ? "scanner" : undefined;
  }
}
