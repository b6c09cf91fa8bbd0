import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/** The non-INVITE server transaction (RFC 3261 §17.2.2, RFC 4320): SUBSCRIBE, REGISTER, PUBLISH, OPTIONS. All of its moves are here. */
export type NonInviteServer =
  | { readonly phase: "trying"; readonly reliable: boolean }
  | { readonly phase: "proceeding"; readonly reliable: boolean }
  | { readonly phase: "completed" }
  | { readonly phase: "terminated" };

export type NonInviteServerEvent =
  | { readonly type: "repeat" }
  | { readonly type: "provisional" }
  | { readonly type: "final"; readonly times: SipTimes }
  | { readonly type: "timerJ" }
  | { readonly type: "abandoned" };

export type NonInviteServerEffect =
  /** Sends the newest answer of the user. */
  | { readonly type: "sendAnswer" }
  | { readonly type: "startTimer"; readonly timer: "J"; readonly delayMs: number }
  | { readonly type: "terminate" };

type Moved = Step<NonInviteServer, NonInviteServerEffect>;

const SEND: NonInviteServerEffect = { type: "sendAnswer" };
const TERMINATE: NonInviteServerEffect = { type: "terminate" };

export function startNonInviteServer(reliable: boolean): NonInviteServer {
  return { phase: "trying", reliable };
}

export const nonInviteServerTable: Table<NonInviteServer["phase"], NonInviteServer, NonInviteServerEvent, NonInviteServerEffect> =
  {
    trying: {
      // Nothing to repeat yet: the user is still at it.
      provisional: (state) => ({ state: { phase: "proceeding", reliable: state.reliable }, effects: [SEND] }),
      final: complete,
      abandoned: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
    },
    proceeding: {
      repeat: (state) => ({ state, effects: [SEND] }),
      provisional: (state) => ({ state, effects: [SEND] }),
      final: complete,
      abandoned: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
    },
    completed: {
      repeat: (state) => ({ state, effects: [SEND] }),
      timerJ: () => ({ state: { phase: "terminated" }, effects: [TERMINATE] }),
    },
    terminated: {},
  };

/** Over UDP the answer is kept for 64·T1 and repeated byte for byte (S-3). */
function complete(state: { readonly reliable: boolean }, { times }: { readonly times: SipTimes }): Moved {
  if (state.reliable) return { state: { phase: "terminated" }, effects: [SEND, TERMINATE] };
  return { state: { phase: "completed" }, effects: [SEND, { type: "startTimer", timer: "J", delayMs: wholeMs(times) }] };
}
