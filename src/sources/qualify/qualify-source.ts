import type { SlotReport } from "#domain/lamp/slots";

/** Name of the slot that asking a peer writes. */
export const QUALIFY_SOURCE = "qualify";

/** A peer that answers OPTIONS is NOT_INUSE, one that does not UNAVAILABLE; `reason`: why not. */
export function qualifyReport(reason: string | undefined): SlotReport {
  if (reason === undefined) return { state: "NOT_INUSE", cause: "answers OPTIONS" };
  return { state: "UNAVAILABLE", cause: `does not answer OPTIONS: ${reason}` };
}
