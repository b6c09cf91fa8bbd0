import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/** The non-INVITE client transaction (RFC 3261 §17.1.2, figure 6): NOTIFY and everything else we send. All of its moves are here. */
export type NonInviteClient =
  | { readonly phase: "trying"; readonly reliable: boolean; readonly intervalMs: number }
  | { readonly phase: "proceeding"; readonly reliable: boolean }
  | { readonly phase: "completed" }
  | { readonly phase: "terminated" };

export type NonInviteClientEvent =
  | { readonly type: "provisional"; readonly times: SipTimes }
  | { readonly type: "final"; readonly times: SipTimes }
  | { readonly type: "timerE"; readonly times: SipTimes }
  | { readonly type: "timerF" }
  | { readonly type: "timerK" }
  | { readonly type: "transportError" };

export type NonInviteClientEffect =
  | { readonly type: "send" }
  | { readonly type: "startTimer"; readonly timer: "E" | "F" | "K"; readonly delayMs: number }
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

/** The request goes out; over UDP timer E repeats it, timer F ends it everywhere. */
export function startNonInviteClient(reliable: boolean, times: SipTimes): Moved {
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
      provisional: (state, { times }) => ({
        state: { phase: "proceeding", reliable: state.reliable },
        // From now on every T2 (S-2).
        effects: state.reliable ? [PASS] : [STOP_E, { type: "startTimer", timer: "E", delayMs: times.t2 }, PASS],
      }),
      final: (state, { times }) => complete(state.reliable, times),
      timerF: () => ({ state: { phase: "terminated" }, effects: [STOP_E, { type: "timeout" }, TERMINATE] }),
      transportError: transportError,
    },
    proceeding: {
      timerE: (state, { times }) => ({ state, effects: [SEND, { type: "startTimer", timer: "E", delayMs: times.t2 }] }),
      provisional: (state) => ({ state, effects: [PASS] }),
      final: (state, { times }) => complete(state.reliable, times),
      timerF: () => ({ state: { phase: "terminated" }, effects: [STOP_E, { type: "timeout" }, TERMINATE] }),
      transportError: transportError,
    },
    completed: {
      timerK: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
    },
    terminated: {},
  };

/** Stray answers are waited for over UDP only (timer K). */
function complete(reliable: boolean, times: SipTimes): Moved {
  if (reliable) return { state: { phase: "terminated" }, effects: [STOP_F, PASS, TERMINATE] };
  return {
    state: { phase: "completed" },
    effects: [STOP_E, STOP_F, { type: "startTimer", timer: "K", delayMs: times.t4 }, PASS],
  };
}

function transportError(): Moved {
  return { state: { phase: "terminated" }, effects: [STOP_E, STOP_F, { type: "transportFailed" }, TERMINATE] };
}
