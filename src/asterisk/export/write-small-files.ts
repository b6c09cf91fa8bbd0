import { CC_STATES, type CcState, type SiteSettings } from "#domain/site/settings";
import type { Indications } from "#domain/tone/tone-zone";
import { ConfWriter } from "./conf-writer.ts";

/** The states of a completion as ccss.conf calls them (ccss.md §2.1). */
const STATE_OPTIONS: Readonly<Record<CcState, string>> = {
  available: "cc_available_devstate",
  callerOffered: "cc_caller_offered_devstate",
  callerRequested: "cc_caller_requested_devstate",
  active: "cc_active_devstate",
  calleeReady: "cc_callee_ready_devstate",
  callerBusy: "cc_caller_busy_devstate",
  recalling: "cc_recalling_devstate",
  complete: "cc_complete_devstate",
  failed: "cc_failed_devstate",
};

/** `ccss.conf`; undefined: there is nothing to say. */
export function writeCcss({ cc }: SiteSettings, header: string): string | undefined {
  const { enabled, maxRequests, deviceStates } = cc;
  if (enabled === undefined && maxRequests === undefined && Object.keys(deviceStates).length === 0) return undefined;
  const writer = new ConfWriter(header);
  writer.section("general", [
    ["enabled", enabled === undefined ? undefined : enabled ? "yes" : "no"],
    ["cc_max_requests", maxRequests],
    ...CC_STATES.map((state) => [STATE_OPTIONS[state], deviceStates[state]] as const),
  ]);
  return writer.toString();
}

/** `indications.conf`; undefined: there is nothing to say. */
export function writeIndications(indications: Indications | undefined, header: string): string | undefined {
  if (indications === undefined) return undefined;
  const writer = new ConfWriter(header);
  writer.section("general", [["country", indications.country]]);
  for (const { name, description, ringCadence, tones } of indications.zones) {
    writer.section(name, [
      ["description", description === "" ? undefined : description],
      ["ringcadence", ringCadence.length === 0 ? undefined : ringCadence.join(",")],
      ...tones.map((tone) => [tone.name, tone.list] as const),
    ]);
  }
  return writer.toString();
}
