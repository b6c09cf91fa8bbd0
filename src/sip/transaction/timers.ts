/** Base times of RFC 3261 §17 (table 4), ms. */
export interface SipTimes {
  readonly t1: number;
  readonly t2: number;
  readonly t4: number;
}

export const DEFAULT_TIMES: SipTimes = { t1: 500, t2: 4000, t4: 5000 };

/** 64·T1: timers B, F, H, J, L, M (S-1 to S-4). */
export function wholeMs(times: SipTimes): number {
  return 64 * times.t1;
}
