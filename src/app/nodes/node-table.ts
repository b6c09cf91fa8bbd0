import type { Table } from "#base/machine";

/**
 * How a node stands towards the store that several share, as a table. It may speak in its dialogs only while nobody else can have taken them
 * over (S-93): `member` until its lease ends, `alone` while the store is out of everybody's reach.
 */
export type NodeState =
  | { readonly phase: "member"; readonly epoch: number; readonly validUntil: number }
  /** The store cannot be reached, and no other node reaches it: nobody can take anything over. Lamps of what is known here go on (S-94). */
  | { readonly phase: "alone"; readonly epoch: number }
  /** Others may serve our dialogs, or do. */
  | { readonly phase: "silent"; readonly epoch: number }
  /** We have the lease again, after others may have had it: what is still ours is being looked up. */
  | { readonly phase: "checking"; readonly epoch: number; readonly validUntil: number };

export type NodeEvent =
  /** The lease was renewed or taken anew; it holds until `validUntil` (ms, counted from before we asked). */
  | { readonly type: "renewed"; readonly epoch: number; readonly validUntil: number }
  /** Another holder has our lease: it is taking over what was ours. */
  | { readonly type: "refused" }
  /** The store did not answer. `othersReachIt`: another node says that it can use it. */
  | { readonly type: "unreachable"; readonly othersReachIt: boolean; readonly at: number }
  /** This process did not run for a while in which the store may have come and gone. */
  | { readonly type: "slept" }
  /** What is still ours is known. */
  | { readonly type: "checked"; readonly epoch: number };

export type NodeEffect =
  /** Look up which dialogs are still ours, and forget the others without a word. */
  | { readonly type: "check"; readonly epoch: number }
  /** Say now what was held back. */
  | { readonly type: "speak" };

const SPEAK: readonly NodeEffect[] = [{ type: "speak" }];
const NONE: readonly NodeEffect[] = [];

export const nodeTable: Table<NodeState["phase"], NodeState, NodeEvent, NodeEffect> = {
  member: {
    renewed: (state, event) =>
      event.epoch === state.epoch ? { state: { ...state, validUntil: event.validUntil }, effects: SPEAK } : check(event),
    refused: silent,
    // Cut off from the others: the lease is let run out, and they take over. Where it has run out already, they may have.
    unreachable: (state, event) => {
      if (event.at >= state.validUntil) return silent(state);
      return { state: event.othersReachIt ? state : { phase: "alone", epoch: state.epoch }, effects: SPEAK };
    },
  },
  alone: {
    renewed: (state, event) =>
      event.epoch === state.epoch
        ? { state: { phase: "member", epoch: event.epoch, validUntil: event.validUntil }, effects: SPEAK }
        : check(event),
    refused: silent,
    unreachable: (state, event) => (event.othersReachIt ? silent(state) : { state, effects: SPEAK }),
    // Others may have reached the store meanwhile, and taken over.
    slept: silent,
  },
  silent: {
    renewed: (_state, event) => check(event),
  },
  checking: {
    // The look-up of an older epoch says nothing of this one.
    renewed: (state, event) =>
      event.epoch === state.epoch ? { state: { ...state, validUntil: event.validUntil }, effects: NONE } : check(event),
    refused: silent,
    checked: (state, event) =>
      event.epoch === state.epoch
        ? { state: { phase: "member", epoch: state.epoch, validUntil: state.validUntil }, effects: SPEAK }
        : { state, effects: NONE },
  },
};

/** May the node speak in its dialogs at this moment (ms)? */
export function speaks(state: NodeState, now: number): boolean {
  return state.phase === "alone" || (state.phase === "member" && now < state.validUntil);
}

function silent({ epoch }: NodeState): { readonly state: NodeState; readonly effects: readonly NodeEffect[] } {
  return { state: { phase: "silent", epoch }, effects: NONE };
}

function check({ epoch, validUntil }: { readonly epoch: number; readonly validUntil: number }): {
  readonly state: NodeState;
  readonly effects: readonly NodeEffect[];
} {
  return { state: { phase: "checking", epoch, validUntil }, effects: [{ type: "check", epoch }] };
}
