import { aggregate } from "./aggregate.ts";
import type { DeviceDialog, DeviceState, Slots } from "./device-state.ts";
import { extensionState } from "./extension-state.ts";
import type { LampView } from "./lamp-view.ts";

/** What one source says of one device, as far as a lamp shows it. */
interface Fact {
  readonly state: DeviceState;
  readonly dialogs?: readonly DeviceDialog[];
}

/** The part of a LampView that follows from the facts alone. */
export type Lamp = Pick<LampView, "state" | "dialogs">;

/** What is asked of the devices of a hint. */
export interface DeviceFacts {
  slots(device: string): Slots;
  /** State of a device of which nobody says anything. */
  defaultState(device: string): DeviceState;
}

const NO_DIALOGS: readonly DeviceDialog[] = [];

/** The lamp of a hint with these devices, always worked out anew from the facts. A hint without devices is Unavailable. */
export function lampOf(devices: readonly string[], facts: DeviceFacts): Lamp {
  const all = devices.flatMap((device) => factsOf(device, facts));
  const winner = aggregate(all.map((fact) => fact.state));
  return { state: extensionState(winner), dialogs: winningDialogs(all, winner) };
}

/** Sources in the order of their names, so that the order of arrival cannot be seen in the lamp. */
function factsOf(device: string, facts: DeviceFacts): readonly Fact[] {
  const slots = Object.entries(facts.slots(device));
  if (slots.length === 0) return [{ state: facts.defaultState(device) }];
  if (slots.length > 1) slots.sort(([left], [right]) => (left < right ? -1 : 1));
  return slots.map(([, slot]) => slot);
}

/** The dialogs of the slots that produced the winning state (design §9.1), the one that a single-dialog document shows first. */
function winningDialogs(all: readonly Fact[], winner: DeviceState): readonly DeviceDialog[] {
  if (!all.some((fact) => fact.dialogs !== undefined && fact.dialogs.length > 0)) return NO_DIALOGS;
  const ranked = all.flatMap((fact) => {
    const share = shareOf(fact.state, winner);
    return share < 0
      ? []
      : (fact.dialogs ?? NO_DIALOGS).map((dialog) => ({
          dialog: asPart(dialog, fact.state, winner),
          rank: 4 * share + rankOf(dialog),
        }));
  });
  return ranked.sort((left, right) => left.rank - right.rank).map(({ dialog }) => dialog);
}

/** Part of a state in the winning one, -1 for none. "Busy and ringing" is shown as busy, so its calls come before the ringing. */
function shareOf(state: DeviceState, winner: DeviceState): number {
  if (winner !== "RINGINUSE") return state === winner ? 0 : -1;
  return ["INUSE", "BUSY", "ONHOLD", "RINGINUSE", "RINGING"].indexOf(state);
}

/** Beside a call, what rings is still told from it. */
function asPart(dialog: DeviceDialog, state: DeviceState, winner: DeviceState): DeviceDialog {
  return winner === "RINGINUSE" && state === "RINGING" && dialog.phase === undefined ? { ...dialog, phase: "early" } : dialog;
}

/** D-4 among dialogs of equal state: active before held, called before calling. */
function rankOf(dialog: DeviceDialog): number {
  return (dialog.held === true ? 2 : 0) + (dialog.direction === "initiator" ? 1 : 0);
}
