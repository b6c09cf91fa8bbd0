import type { Step, Table } from "#base/machine";

/**
 * Whose offer is open in a dialog (RFC 3264 §8, RFC 3311 §5, RFC 6337): one at a time, in either direction. All of its moves are here; the
 * offers of ours that wait for their turn stand in a queue of the shell, which sends the first one of them for every `sendOffer`.
 */
export type Offers =
  | { readonly phase: "stable" }
  /** An offer of ours is out: in a request, or in a 2xx, whose ACK then holds the answer. */
  | { readonly phase: "ours" }
  /** Their offer waits for our answer. */
  | { readonly phase: "theirs" }
  /** Answered in a 2xx to an INVITE whose ACK is not here. */
  | { readonly phase: "unacked" }
  /** Both offered at once: ours goes again after a while (RFC 3261 §14.1). */
  | { readonly phase: "glare" }
  | { readonly phase: "over" };

export type OfferEvent =
  /** An offer of ours stands in the queue. */
  | { readonly type: "want" }
  /** Ours has its answer, or was refused. */
  | { readonly type: "settled" }
  | { readonly type: "clashed" }
  | { readonly type: "waited" }
  /** Theirs came. `isWanted`: it is a re-INVITE without one, which asks for ours. */
  | { readonly type: "theirs"; readonly isWanted: boolean }
  /** Theirs is answered in a request that needs no ACK, or refused. */
  | { readonly type: "answered" }
  /** A 2xx to an INVITE goes out. `offers`: with our offer in it. */
  | { readonly type: "accepted"; readonly offers: boolean }
  | { readonly type: "ack" }
  | { readonly type: "over" };

export type OfferEffect =
  | { readonly type: "sendOffer" }
  /** The queue may go on. */
  | { readonly type: "next" }
  | { readonly type: "startGlareTimer" }
  | { readonly type: "stopGlareTimer" }
  | { readonly type: "askUser" }
  | { readonly type: "askUserForOffer" }
  /** 491: ours is open. 500: another one of theirs is. */
  | { readonly type: "refuse"; readonly status: 491 | 500 };

type Moved = Step<Offers, OfferEffect>;

const STABLE: Moved = { state: { phase: "stable" }, effects: [{ type: "next" }] };
const OURS: Moved = { state: { phase: "ours" }, effects: [{ type: "sendOffer" }] };
const OVER: Moved = { state: { phase: "over" }, effects: [{ type: "stopGlareTimer" }] };

export const offerTable: Table<Offers["phase"], Offers, OfferEvent, OfferEffect> = {
  stable: {
    want: () => OURS,
    theirs: (_state, { isWanted }) => ask(isWanted),
    accepted: (_state, { offers }) => accept(offers),
    over: () => OVER,
  },
  ours: {
    settled: () => STABLE,
    clashed: () => ({ state: { phase: "glare" }, effects: [{ type: "startGlareTimer" }] }),
    theirs: (state) => ({ state, effects: [{ type: "refuse", status: 491 }] }),
    ack: () => STABLE,
    over: () => OVER,
  },
  theirs: {
    theirs: (state) => ({ state, effects: [{ type: "refuse", status: 500 }] }),
    answered: () => STABLE,
    accepted: (_state, { offers }) => accept(offers),
    over: () => OVER,
  },
  unacked: {
    // Its ACK is on the way, and goes first.
    theirs: (state) => ({ state, effects: [{ type: "refuse", status: 500 }] }),
    ack: () => STABLE,
    over: () => OVER,
  },
  glare: {
    waited: () => OURS,
    theirs: (_state, { isWanted }) => {
      const { state, effects } = ask(isWanted);
      return { state, effects: [{ type: "stopGlareTimer" }, ...effects] };
    },
    over: () => OVER,
  },
  over: {},
};

function ask(isWanted: boolean): Moved {
  return { state: { phase: "theirs" }, effects: [{ type: isWanted ? "askUserForOffer" : "askUser" }] };
}

function accept(offers: boolean): Moved {
  return { state: { phase: offers ? "ours" : "unacked" }, effects: [] };
}
