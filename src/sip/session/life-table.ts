import type { Step, Table } from "#base/machine";
import type { SessionEnd } from "./session.ts";

/**
 * The life of a session, on both sides (RFC 3261 §13 to §15): which message ends it, and that its user hears of the end exactly once. All
 * of its moves are here. Users hear of the end at once; what the network still needs (`cancelling`, `closing`) is done without them.
 */
export type Life =
  /** Our INVITE is out, nothing came back. */
  | { readonly phase: "calling" }
  /** A provisional answer came. */
  | { readonly phase: "proceeding" }
  /** Our user has ended it before an answer. `isSent`: the CANCEL is out; it waits for a provisional answer (RFC 3261 §9.1). */
  | { readonly phase: "cancelling"; readonly isSent: boolean }
  /** Their INVITE waits for our answer. */
  | { readonly phase: "ringing" }
  /** Our 2xx is out, its ACK is not here. */
  | { readonly phase: "answered" }
  /** Ended while our 2xx waits for its ACK: a BYE may not go before it (RFC 3261 §15). */
  | { readonly phase: "closing" }
  | { readonly phase: "confirmed" }
  | { readonly phase: "over" };

export type LifeEvent =
  | { readonly type: "provisional" }
  /** The first 2xx to our INVITE. */
  | { readonly type: "success" }
  /** A final failure to our INVITE. */
  | { readonly type: "failure"; readonly end: SessionEnd }
  /** Our INVITE goes out once more: a challenge was answered. */
  | { readonly type: "again" }
  | { readonly type: "accept" }
  /** Our user ends it; `end`: what that is called while there is no dialog yet. */
  | { readonly type: "end"; readonly early: SessionEnd }
  | { readonly type: "cancelled"; readonly end: SessionEnd }
  | { readonly type: "ack" }
  | { readonly type: "noAck" }
  | { readonly type: "bye"; readonly end: SessionEnd }
  /** The peer or the way to it is gone. `isReachable`: a BYE may still arrive. */
  | { readonly type: "lost"; readonly end: SessionEnd; readonly isReachable: boolean }
  /** 64·T1 after a CANCEL, or our INVITE timed out. */
  | { readonly type: "gaveUp"; readonly end: SessionEnd };

export type LifeEffect =
  | { readonly type: "sendCancel" }
  /** 64·T1, after which nobody waits for the answer to a cancelled INVITE any more. */
  | { readonly type: "startCancelTimer" }
  | { readonly type: "sendRefusal" }
  | { readonly type: "sendCancelledAnswer" }
  | { readonly type: "sendAccept" }
  | { readonly type: "sendBye" }
  | { readonly type: "becomeConfirmed" }
  | { readonly type: "tellEnd"; readonly end: SessionEnd }
  /** Nothing will be heard or sent any more. */
  | { readonly type: "forget" };

type Moved = Step<Life, LifeEffect>;

const BYE: LifeEffect = { type: "sendBye" };
const CANCEL: readonly LifeEffect[] = [{ type: "sendCancel" }, { type: "startCancelTimer" }];
const FORGET: LifeEffect = { type: "forget" };
const OVER: Life = { phase: "over" };
const CONFIRMED: Moved = { state: { phase: "confirmed" }, effects: [{ type: "becomeConfirmed" }] };
const BYE_OF_OURS: SessionEnd = { type: "bye", by: "us" };
const NO_ACK: SessionEnd = { type: "lost", reason: "no-ack" };

export const lifeTable: Table<Life["phase"], Life, LifeEvent, LifeEffect> = {
  calling: {
    provisional: () => ({ state: { phase: "proceeding" }, effects: [] }),
    again: (state) => ({ state, effects: [] }),
    success: () => CONFIRMED,
    failure: (_state, { end }) => over(end),
    end: (_state, { early }) => ({ state: { phase: "cancelling", isSent: false }, effects: [tell(early)] }),
    lost: (_state, { end }) => over(end),
    gaveUp: (_state, { end }) => over(end),
  },
  proceeding: {
    again: () => ({ state: { phase: "calling" }, effects: [] }),
    success: () => CONFIRMED,
    failure: (_state, { end }) => over(end),
    end: (_state, { early }) => ({ state: { phase: "cancelling", isSent: true }, effects: [tell(early), ...CANCEL] }),
    lost: (_state, { end, isReachable }) =>
      isReachable ? { state: { phase: "cancelling", isSent: true }, effects: [tell(end), ...CANCEL] } : over(end),
    gaveUp: (_state, { end }) => over(end),
  },
  cancelling: {
    provisional: (state) =>
      state.isSent ? { state, effects: [] } : { state: { phase: "cancelling", isSent: true }, effects: CANCEL },
    // It crossed our CANCEL: acknowledged by the shell, as every 2xx, and ended (B-5).
    success: () => ({ state: OVER, effects: [BYE, FORGET] }),
    failure: () => FORGOTTEN,
    gaveUp: () => FORGOTTEN,
  },
  ringing: {
    accept: () => ({ state: { phase: "answered" }, effects: [{ type: "sendAccept" }] }),
    end: (_state, { early }) => ({ state: OVER, effects: [{ type: "sendRefusal" }, tell(early), FORGET] }),
    cancelled: (_state, { end }) => ({ state: OVER, effects: [{ type: "sendCancelledAnswer" }, tell(end), FORGET] }),
    // A caller may end an early dialog by BYE too (RFC 3261 §15.1.2).
    bye: (_state, { end }) => ({ state: OVER, effects: [{ type: "sendCancelledAnswer" }, tell(end), FORGET] }),
    lost: (_state, { end }) => ({ state: OVER, effects: [{ type: "sendRefusal" }, tell(end), FORGET] }),
  },
  answered: {
    ack: () => CONFIRMED,
    noAck: () => ({ state: OVER, effects: [tell(NO_ACK), BYE, FORGET] }),
    end: () => ({ state: { phase: "closing" }, effects: [tell(BYE_OF_OURS)] }),
    bye: (_state, { end }) => over(end),
    lost: (_state, { end, isReachable }) => (isReachable ? { state: { phase: "closing" }, effects: [tell(end)] } : over(end)),
  },
  closing: {
    ack: () => ({ state: OVER, effects: [BYE, FORGET] }),
    noAck: () => ({ state: OVER, effects: [BYE, FORGET] }),
    bye: () => FORGOTTEN,
  },
  confirmed: {
    end: () => ({ state: OVER, effects: [tell(BYE_OF_OURS), BYE, FORGET] }),
    bye: (_state, { end }) => over(end),
    lost: (_state, { end, isReachable }) => ({
      state: OVER,
      effects: isReachable ? [tell(end), BYE, FORGET] : [tell(end), FORGET],
    }),
  },
  over: {},
};

const FORGOTTEN: Moved = { state: OVER, effects: [FORGET] };

function over(end: SessionEnd): Moved {
  return { state: OVER, effects: [tell(end), FORGET] };
}

function tell(end: SessionEnd): LifeEffect {
  return { type: "tellEnd", end };
}
