import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/** The INVITE server transaction (RFC 3261 §17.2.1 with the accepted state of RFC 6026 §7.1). All of its moves are here. */
export type InviteServer =
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
  | { readonly type: "timerG"; readonly times: SipTimes }
  | { readonly type: "timerH" }
  | { readonly type: "timerI" }
  | { readonly type: "timerL" }
  | { readonly type: "abandoned" };

export type InviteServerEffect =
  | { readonly type: "sendAnswer" }
  | { readonly type: "startTimer"; readonly timer: "G" | "H" | "I" | "L"; readonly delayMs: number }
  | { readonly type: "stopTimer"; readonly timer: "G" | "H" }
  /** The ACK of a 2xx is the user's. */
  | { readonly type: "passAck" }
  | { readonly type: "terminate" };

type Moved = Step<InviteServer, InviteServerEffect>;

const SEND: InviteServerEffect = { type: "sendAnswer" };
const TERMINATE: InviteServerEffect = { type: "terminate" };
const STOP_G: InviteServerEffect = { type: "stopTimer", timer: "G" };
const STOP_H: InviteServerEffect = { type: "stopTimer", timer: "H" };

export function startInviteServer(reliable: boolean): InviteServer {
  return { phase: "proceeding", reliable };
}

export const inviteServerTable: Table<InviteServer["phase"], InviteServer, InviteServerEvent, InviteServerEffect> = {
  proceeding: {
    repeat: (state) => ({ state, effects: [SEND] }),
    provisional: (state) => ({ state, effects: [SEND] }),
    // A 2xx is repeated by the user until its ACK; the transaction only absorbs repeats of the INVITE.
    success: (_state, { times }) => ({
      state: { phase: "accepted" },
      effects: [SEND, { type: "startTimer", timer: "L", delayMs: wholeMs(times) }],
    }),
    failure: (state, { times }) => fail(state.reliable, times),
    abandoned: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
  },
  accepted: {
    success: (state) => ({ state, effects: [SEND] }),
    ack: (state) => ({ state, effects: [{ type: "passAck" }] }),
    timerL: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
  },
  completed: {
    repeat: (state) => ({ state, effects: [SEND] }),
    timerG: (state, { times }) => {
      const intervalMs = Math.min(state.intervalMs * 2, times.t2);
      return { state: { ...state, intervalMs }, effects: [SEND, { type: "startTimer", timer: "G", delayMs: intervalMs }] };
    },
    ack: (state, { times }) =>
      state.reliable
        ? { state: { phase: "terminated" }, effects: [STOP_H, TERMINATE] }
        : { state: { phase: "confirmed" }, effects: [STOP_G, STOP_H, { type: "startTimer", timer: "I", delayMs: times.t4 }] },
    timerH: () => ({ state: { phase: "terminated" }, effects: [STOP_G, TERMINATE] }),
  },
  confirmed: {
    timerI: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
  },
  terminated: {},
};

function fail(reliable: boolean, times: SipTimes): Moved {
  const effects: InviteServerEffect[] = [SEND, { type: "startTimer", timer: "H", delayMs: wholeMs(times) }];
  if (!reliable) effects.push({ type: "startTimer", timer: "G", delayMs: times.t1 });
  return { state: { phase: "completed", reliable, intervalMs: times.t1 }, effects };
}
