import type { DeviceState } from "./device-state.ts";
import type { ExtensionState } from "./lamp-view.ts";

const BY_DEVICE_STATE: Readonly<Record<DeviceState, ExtensionState>> = {
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

/** Extension state of a hint (sla.md §4.4). */
export function extensionStateOf(state: DeviceState): ExtensionState {
  return BY_DEVICE_STATE[state];
}
