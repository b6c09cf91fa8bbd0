import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/**
 * The non-INVITE client transaction (RFC 3261 §17.1.2, figure 6): NOTIFY and everything else we send. All of its moves are here.
 *
 * Timer K is 0 on every transport: the completed state exists to swallow repeated answers, and an answer that matches no transaction is
 * swallowed anyway. So an answered NOTIFY costs nothing, where K would keep 5 s of them (275,000 at the rates of design §8).
 *
 * Over UDP timer F counts from the first sending as it must, but it is started by the first E: nearly every request is answered before
 * that, and so has one timer instead of two.
 */
export type NonInviteClient =
  | { readonly phase: "trying"; readonly intervalMs: number; readonly endTimed: boolean }
  | { readonly phase: "proceeding"; readonly endTimed: boolean }
  | { readonly phase: "terminated" };

export type NonInviteClientEvent =
  | { readonly type: "provisional" }
  | { readonly type: "final" }
  | { readonly type: "timerE"; readonly times: SipTimes }
  | { readonly type: "timerF" }
  | { readonly type: "transportError" };

export type NonInviteClientEffect =
  | { readonly type: "send" }
  /** `afterE`: counted from the moment that the E which fires now was due. */
  | { readonly type: "startTimer"; readonly timer: "E" | "F"; readonly delayMs: number; readonly afterE?: true }
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
  const first: NonInviteClientEffect = reliable
    ? { type: "startTimer", timer: "F", delayMs: wholeMs(times) }
    : { type: "startTimer", timer: "E", delayMs: times.t1 };
  return { state: { phase: "trying", intervalMs: times.t1, endTimed: reliable }, effects: [SEND, first] };
}

/** E fired: once more, and the next E after `intervalMs`. The first one was due T1 after the start and starts F. */
function again(endTimed: boolean, intervalMs: number, times: SipTimes): readonly NonInviteClientEffect[] {
  const timerE: NonInviteClientEffect = { type: "startTimer", timer: "E", delayMs: intervalMs };
  if (endTimed) return [SEND, timerE];
  return [SEND, { type: "startTimer", timer: "F", delayMs: wholeMs(times) - times.t1, afterE: true }, timerE];
}

export const nonInviteClientTable: Table<NonInviteClient["phase"], NonInviteClient, NonInviteClientEvent, NonInviteClientEffect> =
  {
    trying: {
      timerE: (state, { times }) => {
        const intervalMs = Math.min(state.intervalMs * 2, times.t2);
        return { state: { phase: "trying", intervalMs, endTimed: true }, effects: again(state.endTimed, intervalMs, times) };
      },
      // The pause that runs is waited out; the ones after it are T2 (S-2).
      provisional: ({ endTimed }) => ({ state: { phase: "proceeding", endTimed }, effects: [PASS] }),
      final: () => COMPLETED,
      timerF: () => TIMED_OUT,
      transportError: () => FAILED,
    },
    proceeding: {
      timerE: ({ endTimed }, { times }) => ({
        state: { phase: "proceeding", endTimed: true },
        effects: again(endTimed, times.t2, times),
      }),
      provisional: (state) => ({ state, effects: [PASS] }),
      final: () => COMPLETED,
      timerF: () => TIMED_OUT,
      transportError: () => FAILED,
    },
    terminated: {},
  };
