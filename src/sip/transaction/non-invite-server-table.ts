import type { Step, Table } from "#base/machine";
import { wholeMs, type SipTimes } from "./timers.ts";

/**
 * The non-INVITE server transaction (RFC 3261 §17.2.2, RFC 4320): SUBSCRIBE, REGISTER, PUBLISH, OPTIONS. All of its moves are here.
 *
 * Besides the RFC's timer J there is `patience`: when the client's timer F must have fired, nothing is sent any more (RFC 4320 §4.2), so a
 * user that never answers costs no memory for ever.
 */
export type NonInviteServer =
  | { readonly phase: "trying"; readonly reliable: boolean }
  | { readonly phase: "proceeding"; readonly reliable: boolean }
  | { readonly phase: "completed" }
  | { readonly phase: "terminated" };

export type NonInviteServerEvent =
  | { readonly type: "repeat" }
  | { readonly type: "provisional" }
  | { readonly type: "final"; readonly times: SipTimes }
  | { readonly type: "patience" }
  | { readonly type: "timerJ" };

export type NonInviteServerEffect =
  /** Sends the newest answer of the user. */
  | { readonly type: "sendAnswer" }
  | { readonly type: "startTimer"; readonly timer: "patience" | "J"; readonly delayMs: number }
  | { readonly type: "stopTimer"; readonly timer: "patience" }
  | { readonly type: "terminate" };

type Moved = Step<NonInviteServer, NonInviteServerEffect>;

const SEND: NonInviteServerEffect = { type: "sendAnswer" };
const STOP_PATIENCE: NonInviteServerEffect = { type: "stopTimer", timer: "patience" };
const TERMINATED: NonInviteServer = { phase: "terminated" };
const ENDED: Moved = { state: TERMINATED, effects: [{ type: "terminate" }] };

/** The request goes to its user; the client waits 64·T1 for it. */
export function startNonInviteServer(reliable: boolean, times: SipTimes): Moved {
  return {
    state: { phase: "trying", reliable },
    effects: [{ type: "startTimer", timer: "patience", delayMs: wholeMs(times) }],
  };
}

export const nonInviteServerTable: Table<NonInviteServer["phase"], NonInviteServer, NonInviteServerEvent, NonInviteServerEffect> =
  {
    trying: {
      // A repeat finds nothing to repeat yet: the user is still at it.
      provisional: (state) => ({ state: { phase: "proceeding", reliable: state.reliable }, effects: [SEND] }),
      final: complete,
      patience: () => ENDED,
    },
    proceeding: {
      repeat: (state) => ({ state, effects: [SEND] }),
      provisional: (state) => ({ state, effects: [SEND] }),
      final: complete,
      patience: () => ENDED,
    },
    completed: {
      repeat: (state) => ({ state, effects: [SEND] }),
      timerJ: () => ENDED,
    },
    terminated: {},
  };

/** Over UDP the answer is kept for 64·T1 and repeated byte for byte (S-3). */
function complete(state: { readonly reliable: boolean }, { times }: { readonly times: SipTimes }): Moved {
  if (state.reliable) return { state: TERMINATED, effects: [STOP_PATIENCE, SEND, { type: "terminate" }] };
  return {
    state: { phase: "completed" },
    effects: [STOP_PATIENCE, SEND, { type: "startTimer", timer: "J", delayMs: wholeMs(times) }],
  };
}
