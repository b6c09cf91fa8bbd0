import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/** The INVITE client transaction (RFC 3261 §17.1.1 with the accepted state of RFC 6026 §7.2). All of its moves are here. */
export type InviteClient =
  | { readonly phase: "calling"; readonly reliable: boolean; readonly intervalMs: number }
  | { readonly phase: "proceeding"; readonly reliable: boolean }
  | { readonly phase: "accepted" }
  | { readonly phase: "completed" }
  | { readonly phase: "terminated" };

export type InviteClientEvent =
  | { readonly type: "provisional" }
  | { readonly type: "success"; readonly times: SipTimes }
  | { readonly type: "failure"; readonly times: SipTimes }
  | { readonly type: "timerA" }
  | { readonly type: "timerB" }
  | { readonly type: "timerD" }
  | { readonly type: "timerM" }
  | { readonly type: "transportError" };

export type InviteClientEffect =
  | { readonly type: "send" }
  /** ACK of a failure, by the transaction itself; the ACK of a 2xx is the user's. */
  | { readonly type: "sendAck" }
  | { readonly type: "startTimer"; readonly timer: "A" | "B" | "D" | "M"; readonly delayMs: number }
  | { readonly type: "stopTimer"; readonly timer: "A" | "B" | "D" }
  | { readonly type: "passToUser" }
  | { readonly type: "timeout" }
  | { readonly type: "transportFailed" }
  | { readonly type: "terminate" };

type Moved = Step<InviteClient, InviteClientEffect>;

const STOP_A: InviteClientEffect = { type: "stopTimer", timer: "A" };
const STOP_B: InviteClientEffect = { type: "stopTimer", timer: "B" };
const STOP_D: InviteClientEffect = { type: "stopTimer", timer: "D" };
const SEND_ACK: InviteClientEffect = { type: "sendAck" };
const PASS: InviteClientEffect = { type: "passToUser" };
const TERMINATE: InviteClientEffect = { type: "terminate" };
const TERMINATED: InviteClient = { phase: "terminated" };
/** Timer D over UDP: at least 32 s (S-4). */
const TIMER_D_MIN_MS = 32_000;

/** The INVITE goes out; over UDP timer A repeats it, timer B gives up everywhere. */
export function startInviteClient(reliable: boolean, times: SipTimes): Moved {
  const effects: InviteClientEffect[] = [{ type: "send" }, { type: "startTimer", timer: "B", delayMs: wholeMs(times) }];
  if (!reliable) effects.push({ type: "startTimer", timer: "A", delayMs: times.t1 });
  return { state: { phase: "calling", reliable, intervalMs: times.t1 }, effects };
}

export const inviteClientTable: Table<InviteClient["phase"], InviteClient, InviteClientEvent, InviteClientEffect> = {
  calling: {
    timerA: (state) => {
      const intervalMs = state.intervalMs * 2;
      return {
        state: { ...state, intervalMs },
        effects: [{ type: "send" }, { type: "startTimer", timer: "A", delayMs: intervalMs }],
      };
    },
    timerB: () => ({ state: TERMINATED, effects: [STOP_A, TERMINATE, { type: "timeout" }] }),
    provisional: (state) => ({ state: { phase: "proceeding", reliable: state.reliable }, effects: [STOP_A, STOP_B, PASS] }),
    success: (_state, { times }) => accept(times),
    failure: (state, { times }) => complete(state.reliable, times),
    transportError,
  },
  proceeding: {
    provisional: (state) => ({ state, effects: [PASS] }),
    success: (_state, { times }) => accept(times),
    failure: (state, { times }) => complete(state.reliable, times),
    transportError,
  },
  accepted: {
    // Every 2xx goes up: each fork and each repeat wants its ACK.
    success: (state) => ({ state, effects: [PASS] }),
    timerM: () => ({ state: TERMINATED, effects: [TERMINATE] }),
  },
  completed: {
    failure: (state) => ({ state, effects: [SEND_ACK] }),
    timerD: () => ({ state: TERMINATED, effects: [TERMINATE] }),
    // The user has its answer: an ACK that cannot leave is nobody's news any more.
    transportError: () => ({ state: TERMINATED, effects: [STOP_D, TERMINATE] }),
  },
  terminated: {},
};

function accept(times: SipTimes): Moved {
  return {
    state: { phase: "accepted" },
    effects: [STOP_A, STOP_B, { type: "startTimer", timer: "M", delayMs: wholeMs(times) }, PASS],
  };
}

function complete(reliable: boolean, times: SipTimes): Moved {
  if (reliable) return { state: TERMINATED, effects: [STOP_B, SEND_ACK, TERMINATE, PASS] };
  const delayMs = Math.max(TIMER_D_MIN_MS, wholeMs(times));
  return {
    state: { phase: "completed" },
    effects: [STOP_A, STOP_B, SEND_ACK, { type: "startTimer", timer: "D", delayMs }, PASS],
  };
}

function transportError(): Moved {
  return { state: TERMINATED, effects: [STOP_A, STOP_B, TERMINATE, { type: "transportFailed" }] };
}
