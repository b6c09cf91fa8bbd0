import type { DeviceDialog } from "../lamp/device-state.ts";
import type { Lamp } from "../lamp/lamp.ts";
import type { Seizures } from "./seizures.ts";

/** States of an appearance by their names in Call-Info (presence.md §2.3); what is idle is not told one by one. */
export type AppearanceState = "seized" | "progressing" | "alerting" | "active" | "held" | "held-private";

/** An appearance that is not idle. */
export interface AppearanceView {
  /** From 1. */
  readonly index: number;
  readonly state: AppearanceState;
  /** Who is at the other end, while anybody knows. */
  readonly peer?: { readonly uri: string; readonly name?: string };
}

/** What a line shows: its appearances that are not idle, by index. */
export interface LineView {
  readonly appearances: readonly AppearanceView[];
}

/** Calls that others tell of, without numbers of appearances: they are said of this one. */
export const CALL_INDEX = 1;

export interface LineFacts {
  readonly seizures: Seizures;
  /** What the devices of the line show without what is seized of it. */
  readonly calls: Lamp;
  /** Only who held a call may take it back. */
  readonly holdsPrivately: boolean;
}

/** The view of a line, always worked out anew from the facts. A call counts before the hand that took the line off hook for it. */
export function lineView({ seizures, calls, holdsPrivately }: LineFacts): LineView {
  const state = callState(calls, holdsPrivately);
  const seized = seizures.map(({ index }): AppearanceView => ({ index, state: "seized" }));
  if (state === undefined) return { appearances: seized };
  const remote = calls.dialogs[0]?.remote;
  const call: AppearanceView = {
    index: CALL_INDEX,
    state,
    ...(remote === undefined ? {} : { peer: { uri: remote.uri, ...(remote.name === undefined ? {} : { name: remote.name }) } }),
  };
  return { appearances: [call, ...seized.filter(({ index }) => index !== CALL_INDEX)] };
}

/** Do both show the same? */
export function sameLineView(left: LineView, right: LineView): boolean {
  return (
    left.appearances.length === right.appearances.length &&
    left.appearances.every((one, at) => sameAppearance(one, right.appearances[at]))
  );
}

function sameAppearance(one: AppearanceView, other: AppearanceView | undefined): boolean {
  return (
    one.index === other?.index &&
    one.state === other.state &&
    one.peer?.uri === other.peer?.uri &&
    one.peer?.name === other.peer?.name
  );
}

function callState({ state, dialogs }: Lamp, holdsPrivately: boolean): AppearanceState | undefined {
  switch (state) {
    case "Idle":
    case "Unavailable":
      return undefined;
    case "Ringing":
      return dialogs[0]?.direction === "initiator" ? "progressing" : "alerting";
    case "Hold":
      return holdsPrivately ? "held-private" : "held";
    case "InUse":
    case "Busy":
    case "InUse&Ringing":
      return unanswered(dialogs[0]) ?? "active";
  }
}

/** A call that is not answered yet. */
function unanswered(dialog: DeviceDialog | undefined): AppearanceState | undefined {
  if (dialog?.phase === undefined) return undefined;
  return dialog.direction === "initiator" ? "progressing" : "alerting";
}
