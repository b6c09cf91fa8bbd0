import { DEVICE_STATES, type DeviceState } from "./device-state.ts";

const BY_NAME: ReadonlyMap<string, DeviceState> = new Map(DEVICE_STATES.map((state) => [state, state]));

/** A state from its parseable name in any case (sla.md §4.1); undefined for other words. Asterisk takes those as UNKNOWN. */
export function parseDeviceState(name: string): DeviceState | undefined {
  return BY_NAME.get(name.toUpperCase());
}
