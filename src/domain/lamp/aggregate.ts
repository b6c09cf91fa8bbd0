import type { DeviceState } from "./device-state.ts";

/** How strong a state is when several devices or slots speak (sla.md §4.3). */
const STRENGTH: Readonly<Record<DeviceState, number>> = {
  INVALID: 0,
  UNKNOWN: 1,
  UNAVAILABLE: 2,
  NOT_INUSE: 3,
  ONHOLD: 4,
  RINGING: 5,
  INUSE: 6,
  BUSY: 7,
  RINGINUSE: 8,
};

/** Is there a call that is no longer ringing? */
export function isInCall(state: DeviceState): boolean {
  return state === "INUSE" || state === "BUSY" || state === "ONHOLD";
}

/** One state of two (sla.md §4.3): the stronger one; ringing beside a call is RINGINUSE. Order and grouping do not matter. */
export function stronger(left: DeviceState, right: DeviceState): DeviceState {
  if ((left === "RINGING" && isInCall(right)) || (right === "RINGING" && isInCall(left))) return "RINGINUSE";
  return STRENGTH[left] >= STRENGTH[right] ? left : right;
}

/** One state of several; INVALID when there is none. */
export function aggregate(states: Iterable<DeviceState>): DeviceState {
  let result: DeviceState = "INVALID";
  for (const state of states) result = stronger(result, state);
  return result;
}
