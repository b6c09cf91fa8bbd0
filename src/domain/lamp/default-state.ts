import type { Site } from "../site/site.ts";
import type { DeviceState } from "./device-state.ts";

/** Technologies of trunks and legs that a hint may name and nobody reports on by himself. */
const SILENT_TECHNOLOGIES: ReadonlySet<string> = new Set(["DAHDI", "IAX2", "LOCAL"]);

/** Providers of device states that are set from outside. */
const SILENT_PROVIDERS: ReadonlySet<string> = new Set(["CUSTOM", "CCSS", "MWI", "PUBLISH"]);

/** States of devices of which nobody says anything, by the site (sla.md §4.1, §4.2). */
export function defaultStates(site: Site): (device: string) => DeviceState {
  const keys = new Set(site.stations.flatMap((station) => station.keys.map((key) => `${station.name}_${key.trunk}`)));
  const accounts = new Set(site.accounts.map((account) => account.name));
  return (device) => {
    const [, kind = "", mark = "", name = ""] = /^([^:/]*)([:/])(.*)$/s.exec(device) ?? [];
    return mark === "/" ? technologyState(kind, accounts.has(name)) : providerState(kind, keys.has(name));
  };
}

function technologyState(technology: string, isAccount: boolean): DeviceState {
  const upper = technology.toUpperCase();
  if (upper === "SIP" || upper === "PJSIP") return isAccount ? "UNAVAILABLE" : "INVALID";
  return SILENT_TECHNOLOGIES.has(upper) ? "UNKNOWN" : "INVALID";
}

function providerState(provider: string, isKey: boolean): DeviceState {
  const upper = provider.toUpperCase();
  if (upper === "SLA") return isKey ? "NOT_INUSE" : "INVALID";
  return SILENT_PROVIDERS.has(upper) ? "UNKNOWN" : "INVALID";
}
