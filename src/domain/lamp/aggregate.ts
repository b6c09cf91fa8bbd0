import { DEVICE_STATES, type DeviceState } from "./device-state.ts";

/** Weakest to strongest (sla.md §4.3). */
const ORDER: readonly DeviceState[] = ["INVALID", "UNKNOWN", "UNAVAILABLE", "NOT_INUSE", "ONHOLD", "RINGING", "INUSE", "BUSY", "RINGINUSE"];

const RANK = new Map(ORDER.map((state, rank) => [state, rank]));

/** One state out of several: the strongest, and RINGINUSE when one rings while another is in use, busy or on hold. None: INVALID. */
export function aggregateStates(states: readonly DeviceState[]): DeviceState {
  const isRinging = states.includes("RINGING");
  const isBusy = states.some((state) => state === "INUSE" || state === "BUSY" || state === "ONHOLD");
  if (isRinging && isBusy) return "RINGINUSE";
  let strongest: DeviceState = "INVALID";
  for (const state of states) if ((RANK.get(state) ?? 0) > (RANK.get(strongest) ?? 0)) strongest = state;
  return strongest;
}

/** A state by its name in any case; undefined when there is no such state. */
export function parseDeviceState(name: string): DeviceState | undefined {
  const upper = name.toUpperCase();
  return DEVICE_STATES.find((state) => state === upper);
}
