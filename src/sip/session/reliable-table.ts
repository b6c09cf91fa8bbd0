import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "#sip/transaction/timers";

/** The reliable provisional answers of one INVITE of theirs (RFC 3262 §3): one at a time, each until its PRACK. All of its moves are here. */
export type Reliable =
  | { readonly phase: "idle"; readonly rseq: number }
  | { readonly phase: "waiting"; readonly rseq: number; readonly intervalMs: number }
  | { readonly phase: "over" };

export type ReliableEvent =
  /** One more stands in the queue. */
  | { readonly type: "want"; readonly times: SipTimes }
  /** Does it acknowledge the one that waits? */
  | { readonly type: "prack"; readonly rseq: number }
  | { readonly type: "again" }
  | { readonly type: "gaveUp" }
  | { readonly type: "over" };

export type ReliableEffect =
  /** The first of the queue goes out under this number. */
  | { readonly type: "send"; readonly rseq: number }
  | { readonly type: "sendAgain" }
  | { readonly type: "startAgain"; readonly delayMs: number }
  | { readonly type: "startEnd"; readonly delayMs: number }
  | { readonly type: "stopTimers" }
  | { readonly type: "acknowledged" }
  /** 481: it names none that waits. */
  | { readonly type: "refusePrack" }
  | { readonly type: "timeout" };

const REFUSE: ReliableEffect = { type: "refusePrack" };
const STOP: ReliableEffect = { type: "stopTimers" };
const OVER: Step<Reliable, ReliableEffect> = { state: { phase: "over" }, effects: [STOP] };

export const reliableTable: Table<Reliable["phase"], Reliable, ReliableEvent, ReliableEffect> = {
  idle: {
    want: ({ rseq: last }, { times }) => {
      const rseq = last + 1;
      return {
        state: { phase: "waiting", rseq, intervalMs: times.t1 },
        effects: [
          { type: "send", rseq },
          { type: "startAgain", delayMs: times.t1 },
          { type: "startEnd", delayMs: wholeMs(times) },
        ],
      };
    },
    prack: (state) => ({ state, effects: [REFUSE] }),
    over: () => OVER,
  },
  waiting: {
    prack: (state, { rseq }) =>
      rseq === state.rseq
        ? { state: { phase: "idle", rseq }, effects: [STOP, { type: "acknowledged" }] }
        : { state, effects: [REFUSE] },
    // Doubled without an upper end (RFC 3262 §3).
    again: (state) => {
      const intervalMs = state.intervalMs * 2;
      return { state: { ...state, intervalMs }, effects: [{ type: "sendAgain" }, { type: "startAgain", delayMs: intervalMs }] };
    },
    gaveUp: () => ({ state: { phase: "over" }, effects: [STOP, { type: "timeout" }] }),
    over: () => OVER,
  },
  over: {
    prack: (state) => ({ state, effects: [REFUSE] }),
  },
};
