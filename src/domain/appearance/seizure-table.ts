import type { Step, Table } from "#base/machine";

/** Who takes an appearance: one device of one account. */
export interface Holder {
  readonly account: string;
  readonly device: string;
}

/** What is known of who has taken an appearance. */
export interface Hold {
  readonly holder: Holder;
  /** Was the device registered then? One that was and is no more is gone. */
  readonly isRegistered: boolean;
  /** What it hangs on: the appearance is free when this is over, or at `until` (epoch ms). */
  readonly subscription: string;
  readonly until: number;
}

/** One appearance before there is a call on it, as a table. */
export type Appearance = { readonly phase: "free" } | ({ readonly phase: "seized" } & Hold);

export type AppearanceEvent =
  | ({ readonly type: "seize" } & Hold)
  /** The subscription was refreshed. */
  | { readonly type: "keep"; readonly subscription: string; readonly until: number }
  /** The subscription is over. */
  | { readonly type: "release"; readonly subscription: string }
  /** The device is gone, or has just started. */
  | { readonly type: "forsake"; readonly holder: Holder }
  | { readonly type: "timePassed"; readonly at: number };

/** Two of these with the same device are of one holder, who may take again what he has: nobody else may. */
export const appearanceTable: Table<Appearance["phase"], Appearance, AppearanceEvent, never> = {
  free: {
    seize: (_, event) => seized(event),
  },
  seized: {
    seize: (state, event) => (isSameHolder(state.holder, event.holder) ? seized(event) : become(state)),
    keep: (state, { subscription, until }) => become(state.subscription === subscription ? { ...state, until } : state),
    release: (state, { subscription }) => become(state.subscription === subscription ? FREE : state),
    forsake: (state, { holder }) => become(isSameHolder(state.holder, holder) ? FREE : state),
    timePassed: (state, { at }) => become(state.until <= at ? FREE : state),
  },
};

/** Nobody has it. */
export const FREE: Appearance = { phase: "free" };

/** Is it one and the same device? */
export function isSameHolder(left: Holder, right: Holder): boolean {
  return left.account === right.account && left.device === right.device;
}

function seized({ holder, isRegistered, subscription, until }: Hold): Step<Appearance, never> {
  return become({ phase: "seized", holder, isRegistered, subscription, until });
}

function become(state: Appearance): Step<Appearance, never> {
  return { state, effects: [] };
}
