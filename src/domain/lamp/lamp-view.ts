import type { DeviceDialog } from "./device-state.ts";

/** Extension state of a hint (sla.md §4.4). */
export type ExtensionState = "Idle" | "InUse" | "Busy" | "Unavailable" | "Ringing" | "InUse&Ringing" | "Hold";

/** What a hint shows: the one value from which every document, the API and the panel are made. */
export interface LampView {
  readonly extension: string;
  readonly context: string;
  readonly state: ExtensionState;
  /** Epoch ms of the last change of `state`. */
  readonly since: number;
  /** The dialogs behind the winning state; empty = a synthetic one (design §9.1). */
  readonly dialogs: readonly DeviceDialog[];
}
