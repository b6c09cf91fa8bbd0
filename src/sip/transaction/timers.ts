/** Base times of RFC 3261 §17 (table 4), ms. */
export interface SipTimes {
  /** Round trip that is taken for granted. */
  readonly t1: number;
  /** Longest pause between two sendings of a request or of the answer to an INVITE. */
  readonly t2: number;
  /** Longest life of a message in the network. */
  readonly t4: number;
}

export const DEFAULT_TIMES: SipTimes = { t1: 500, t2: 4000, t4: 5000 };

/** A user that has not answered an INVITE within this gets a 100 sent for it (RFC 3261 §17.2.1). */
export const TRYING_AFTER_MS = 200;

/** 64·T1: timers B, F, H, J, L, M (S-1 to S-4). */
export function wholeMs(times: SipTimes): number {
  return 64 * times.t1;
}
