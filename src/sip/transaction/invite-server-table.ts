import type { Step, Table } from "#base/machine";
import { TRYING_AFTER_MS, wholeMs, type SipTimes } from "./timers.ts";

/** The INVITE server transaction (RFC 3261 §17.2.1 with the accepted state of RFC 6026 §7.1). All of its moves are here. */
export type InviteServer =
  /** Nothing was sent yet. */
  | { readonly phase: "fresh"; readonly reliable: boolean }
  | { readonly phase: "proceeding"; readonly reliable: boolean }
  | { readonly phase: "accepted" }
  | { readonly phase: "completed"; readonly reliable: boolean; readonly intervalMs: number }
  | { readonly phase: "confirmed" }
  | { readonly phase: "terminated" };

export type InviteServerEvent =
  | { readonly type: "repeat" }
  | { readonly type: "ack"; readonly times: SipTimes }
  | { readonly type: "provisional" }
  | { readonly type: "success"; readonly times: SipTimes }
  | { readonly type: "failure"; readonly times: SipTimes }
  | { readonly type: "trying" }
  | { readonly type: "timerG"; readonly times: SipTimes }
  | { readonly type: "timerH" }
  | { readonly type: "timerI" }
  | { readonly type: "timerL" };

export type InviteServerEffect =
  | { readonly type: "sendAnswer" }
  | { readonly type: "sendTrying" }
  | { readonly type: "startTimer"; readonly timer: "trying" | "G" | "H" | "I" | "L"; readonly delayMs: number }
  | { readonly type: "stopTimer"; readonly timer: "trying" | "G" | "H" }
  /** The ACK of a 2xx is the user's. */
  | { readonly type: "passAck" }
  | { readonly type: "terminate" };

type Moved = Step<InviteServer, InviteServerEffect>;

const SEND: InviteServerEffect = { type: "sendAnswer" };
const STOP_TRYING: InviteServerEffect = { type: "stopTimer", timer: "trying" };
const STOP_G: InviteServerEffect = { type: "stopTimer", timer: "G" };
const STOP_H: InviteServerEffect = { type: "stopTimer", timer: "H" };
const TERMINATED: InviteServer = { phase: "terminated" };
const ENDED: Moved = { state: TERMINATED, effects: [{ type: "terminate" }] };

/** The INVITE goes to its user, who has 200 ms before a 100 is sent for it. */
export function startInviteServer(reliable: boolean): Moved {
  return { state: { phase: "fresh", reliable }, effects: [{ type: "startTimer", timer: "trying", delayMs: TRYING_AFTER_MS }] };
}

export const inviteServerTable: Table<InviteServer["phase"], InviteServer, InviteServerEvent, InviteServerEffect> = {
  fresh: {
    trying: (state) => ({ state: { phase: "proceeding", reliable: state.reliable }, effects: [{ type: "sendTrying" }] }),
    provisional: (state) => ({ state: { phase: "proceeding", reliable: state.reliable }, effects: [STOP_TRYING, SEND] }),
    success: (_state, { times }) => accept(times),
    failure: (state, { times }) => complete(state.reliable, times),
  },
  proceeding: {
    repeat: (state) => ({ state, effects: [SEND] }),
    provisional: (state) => ({ state, effects: [SEND] }),
    success: (_state, { times }) => accept(times),
    failure: (state, { times }) => complete(state.reliable, times),
  },
  accepted: {
    // A 2xx is repeated by the user until its ACK; the transaction only absorbs repeats of the INVITE.
    success: (state) => ({ state, effects: [SEND] }),
    ack: (state) => ({ state, effects: [{ type: "passAck" }] }),
    timerL: () => ENDED,
  },
  completed: {
    repeat: (state) => ({ state, effects: [SEND] }),
    timerG: (state, { times }) => {
      const intervalMs = Math.min(state.intervalMs * 2, times.t2);
      return { state: { ...state, intervalMs }, effects: [SEND, { type: "startTimer", timer: "G", delayMs: intervalMs }] };
    },
    ack: (state, { times }) =>
      state.reliable
        ? { state: TERMINATED, effects: [STOP_H, { type: "terminate" }] }
        : { state: { phase: "confirmed" }, effects: [STOP_G, STOP_H, { type: "startTimer", timer: "I", delayMs: times.t4 }] },
    timerH: () => ({ state: TERMINATED, effects: [STOP_G, { type: "terminate" }] }),
  },
  confirmed: {
    timerI: () => ENDED,
  },
  terminated: {},
};

function accept(times: SipTimes): Moved {
  return {
    state: { phase: "accepted" },
    effects: [STOP_TRYING, SEND, { type: "startTimer", timer: "L", delayMs: wholeMs(times) }],
  };
}

function complete(reliable: boolean, times: SipTimes): Moved {
  const effects: InviteServerEffect[] = [STOP_TRYING, SEND, { type: "startTimer", timer: "H", delayMs: wholeMs(times) }];
  if (!reliable) effects.push({ type: "startTimer", timer: "G", delayMs: times.t1 });
  return { state: { phase: "completed", reliable, intervalMs: times.t1 }, effects };
}
