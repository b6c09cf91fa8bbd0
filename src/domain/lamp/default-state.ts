import type { DeviceState } from "./device-state.ts";

/** What the site knows of a device. */
export interface KnownDevices {
  /** Is it "<station>_<trunk>" of a key? */
  isKey(name: string): boolean;
  isAccount(name: string): boolean;
}

/** The state of a device that no source says anything about (sla.md §4.1): a line key's line is idle, an account is not registered. */
export function defaultState(device: string, known: KnownDevices): DeviceState {
  const slash = device.indexOf("/");
  const colon = device.indexOf(":");
  if (slash !== -1 && (colon === -1 || slash < colon)) return technologyState(device.slice(0, slash), device.slice(slash + 1), known);
  if (colon === -1) return "INVALID";
  const provider = device.slice(0, colon).toLowerCase();
  if (provider === "sla") return known.isKey(device.slice(colon + 1)) ? "NOT_INUSE" : "INVALID";
  return provider === "custom" ? "UNKNOWN" : "INVALID";
}

function technologyState(technology: string, resource: string, known: KnownDevices): DeviceState {
  const isSip = ["sip", "pjsip"].includes(technology.toLowerCase());
  return isSip && known.isAccount(resource) ? "UNAVAILABLE" : "INVALID";
}
