import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TimerWheel } from "#base/timer-wheel";
import type { SipTimes } from "#sip/transaction/timers";
import type { ClientTransactions } from "#sip/transaction/user";

/** What all sessions of a node stand on. */
export interface SessionParts {
  readonly wheel: TimerWheel;
  readonly times: SipTimes;
  readonly random: Random;
  readonly log: Log;
  readonly clients: ClientTransactions;
  /** In every INVITE of this node: one that has it came from here (B-24). */
  readonly loopToken: string;
}

/** Bits of our tags and Call-IDs (S-74). */
export const TAG_BITS = 64;
export const CALL_ID_BITS = 128;

/** The header of the loop token. */
export const LOOP_HEADER = "X-Loop-Token";
