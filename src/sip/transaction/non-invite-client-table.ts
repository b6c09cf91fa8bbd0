import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/**
 * The non-INVITE client transaction (RFC 3261 §17.1.2, figure 6): NOTIFY and everything else we send. All of its moves are here.
 *
 * Timer K is 0 on every transport: the completed state exists to swallow repeated answers, and an answer that matches no transaction is
 * swallowed anyway. So an answered NOTIFY costs nothing, where K would keep 5 s of them (275,000 at the rates of design §8).
 */
export type NonInviteClient =
  | { readonly phase: "trying"; readonly reliable: boolean; readonly intervalMs: number }
  | { readonly phase: "proceeding" }
  | { readonly phase: "terminated" };

export type NonInviteClientEvent =
  | { readonly type: "provisional" }
  | { readonly type: "final" }
  | { readonly type: "timerE"; readonly times: SipTimes }
  | { readonly type: "timerF" }
  | { readonly type: "transportError" };

export type NonInviteClientEffect =
  | { readonly type: "send" }
  | { readonly type: "startTimer"; readonly timer: "E" | "F"; readonly delayMs: number }
  | { readonly type: "stopTimer"; readonly timer: "E" | "F" }
  | { readonly type: "passToUser" }
  | { readonly type: "timeout" }
  | { readonly type: "transportFailed" }
  | { readonly type: "terminate" };

type Moved = Step<NonInviteClient, NonInviteClientEffect>;

const STOP_E: NonInviteClientEffect = { type: "stopTimer", timer: "E" };
const STOP_F: NonInviteClientEffect = { type: "stopTimer", timer: "F" };
const PASS: NonInviteClientEffect = { type: "passToUser" };
const SEND: NonInviteClientEffect = { type: "send" };
const TERMINATE: NonInviteClientEffect = { type: "terminate" };
const PROCEEDING: NonInviteClient = { phase: "proceeding" };
const TERMINATED: NonInviteClient = { phase: "terminated" };

/** The transaction ends before the user hears of it, so that the user may start the next one at once. */
const COMPLETED: Moved = { state: TERMINATED, effects: [STOP_E, STOP_F, TERMINATE, PASS] };
const TIMED_OUT: Moved = { state: TERMINATED, effects: [STOP_E, TERMINATE, { type: "timeout" }] };
const FAILED: Moved = { state: TERMINATED, effects: [STOP_E, STOP_F, TERMINATE, { type: "transportFailed" }] };

/** The request goes out; over UDP timer E repeats it, timer F ends it everywhere. The same object for every request of a kind. */
export function startNonInviteClient(reliable: boolean, times: SipTimes): Moved {
  const known = starts.get(times) ?? { reliable: start(true, times), unreliable: start(false, times) };
  starts.set(times, known);
  return reliable ? known.reliable : known.unreliable;
}

/** Made once: a busy server starts 50,000 a second. */
const starts = new WeakMap<SipTimes, { readonly reliable: Moved; readonly unreliable: Moved }>();

function start(reliable: boolean, times: SipTimes): Moved {
  const timerF: NonInviteClientEffect = { type: "startTimer", timer: "F", delayMs: wholeMs(times) };
  const effects: NonInviteClientEffect[] = [SEND, timerF];
  if (!reliable) effects.push({ type: "startTimer", timer: "E", delayMs: times.t1 });
  return { state: { phase: "trying", reliable, intervalMs: times.t1 }, effects };
}

export const nonInviteClientTable: Table<NonInviteClient["phase"], NonInviteClient, NonInviteClientEvent, NonInviteClientEffect> =
  {
    trying: {
      timerE: (state, { times }) => {
        const intervalMs = Math.min(state.intervalMs * 2, times.t2);
        return { state: { ...state, intervalMs }, effects: [SEND, { type: "startTimer", timer: "E", delayMs: intervalMs }] };
      },
      // The pause that runs is waited out; the ones after it are T2 (S-2).
      provisional: () => ({ state: PROCEEDING, effects: [PASS] }),
      final: () => COMPLETED,
      timerF: () => TIMED_OUT,
      transportError: () => FAILED,
    },
    proceeding: {
      timerE: (state, { times }) => ({ state, effects: [SEND, { type: "startTimer", timer: "E", delayMs: times.t2 }] }),
      provisional: (state) => ({ state, effects: [PASS] }),
      final: () => COMPLETED,
      timerF: () => TIMED_OUT,
      transportError: () => FAILED,
    },
    terminated: {},
  };
