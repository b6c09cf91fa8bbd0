import { seizedDevice } from "../site/seized-device.ts";
import type { Site, Trunk } from "../site/site.ts";

/** How a station takes part in a line. */
export interface LineStation {
  readonly name: string;
  readonly hold: "open" | "private";
  /** What becomes of its call when it holds (R25). */
  readonly holdMode: "keep" | "release";
}

/** How a line behaves. Read anew at every event, so a reload takes effect without touching a call (R8). */
export interface LineRules {
  readonly name: string;
  readonly device: string;
  readonly barge: boolean;
  readonly hold: "open" | "private";
  /** 0 = none. */
  readonly ringTimeoutMs: number;
  readonly dialTimeoutMs: number;
  /** May phones be told who is at the far end (R13)? */
  readonly attemptCallerId: boolean;
  /** Those that have a key of it, in the order of the file. */
  readonly stations: readonly LineStation[];
}

/** A seize does not wait for ever (B42). */
const DIAL_TIMEOUT_MS = 120_000;

/** The rules of one trunk of a site. */
export function lineRules(site: Pick<Site, "stations" | "settings">, trunk: Trunk): LineRules {
  const stations = site.stations.filter(({ keys }) => keys.some((key) => key.trunk === trunk.name));
  const holdMode = site.settings.compat.sla === "asterisk" ? "release" : "keep";
  return {
    name: trunk.name,
    device: seizedDevice(trunk, site.settings),
    barge: trunk.barge,
    hold: trunk.hold,
    ringTimeoutMs: trunk.ringtimeout * 1000,
    dialTimeoutMs: DIAL_TIMEOUT_MS,
    attemptCallerId: site.settings.attemptCallerId,
    stations: stations.map(({ name, hold }) => ({ name, hold, holdMode })),
  };
}
