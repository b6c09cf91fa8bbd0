import type { DeviceState } from "#domain/lamp/device-state";
import type { SlotReport } from "#domain/lamp/slots";

/** Name of the slot that the HTTP API writes (design §6). */
export const API_SOURCE = "api";

/** What a PUT says of a device; `ttlSeconds` undefined = until it is deleted. */
export function apiReport(state: DeviceState, ttlSeconds: number | undefined, at: number): SlotReport {
  return { state, cause: "set over the API", ...(ttlSeconds === undefined ? {} : { expiresAt: at + ttlSeconds * 1000 }) };
}
