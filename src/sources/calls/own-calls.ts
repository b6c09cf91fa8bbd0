import type { DeviceDialog, DeviceState } from "#domain/lamp/device-state";
import type { SlotReport } from "#domain/lamp/slots";

/** Name of the slot that calls of ours write. */
export const CALLS_SOURCE = "calls";

/** One call of a phone, as its lamp shows it. */
export interface OwnCall {
  readonly id: string;
  /** Does the phone call (initiator), or is it called? */
  readonly direction: DeviceDialog["direction"];
  readonly phase: "trying" | "ringing" | "up";
  readonly isHeld: boolean;
  readonly remote?: { readonly uri: string; readonly name?: string };
}

/** What the calls of a device say of it (sla.md §4.2); `busyFrom`: so many calls are busy. undefined: it has none. */
export function callsReport(calls: readonly OwnCall[], busyFrom = Infinity): SlotReport | undefined {
  if (calls.length === 0) return undefined;
  const state = stateOf(calls, busyFrom);
  return { state, cause: `${calls.length} call${calls.length === 1 ? "" : "s"}`, dialogs: calls.map(dialogOf) };
}

function stateOf(calls: readonly OwnCall[], busyFrom: number): DeviceState {
  const rings = calls.filter((call) => call.direction === "recipient" && call.phase !== "up");
  const others = calls.length - rings.length;
  if (rings.length > 0) return others > 0 ? "RINGINUSE" : "RINGING";
  if (calls.every(({ isHeld }) => isHeld)) return "ONHOLD";
  return others >= busyFrom ? "BUSY" : "INUSE";
}

function dialogOf({ id, direction, phase, isHeld, remote }: OwnCall): DeviceDialog {
  return {
    id,
    direction,
    ...(phase === "up" ? {} : { phase: phase === "ringing" ? ("early" as const) : ("trying" as const) }),
    ...(isHeld ? { held: true } : {}),
    ...(remote === undefined ? {} : { remote }),
  };
}
