import type { DeviceState } from "./device-state.ts";
import type { ExtensionState } from "./lamp-view.ts";

const EXTENSION_STATES: Readonly<Record<DeviceState, ExtensionState>> = {
  NOT_INUSE: "Idle",
  UNKNOWN: "Idle",
  INUSE: "InUse",
  BUSY: "Busy",
  UNAVAILABLE: "Unavailable",
  INVALID: "Unavailable",
  RINGING: "Ringing",
  RINGINUSE: "InUse&Ringing",
  ONHOLD: "Hold",
};

/** What a hint shows of a device state (sla.md §4.4). */
export function extensionState(state: DeviceState): ExtensionState {
  return EXTENSION_STATES[state];
}
