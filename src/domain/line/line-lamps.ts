import type { DeviceDialog, DeviceState } from "../lamp/device-state.ts";
import type { LineRules } from "./line-rules.ts";
import { stationLegs, type Line } from "./line.ts";

/** What a key of a line can show (sla.md §3.2). */
export type KeyState = "IDLE" | "RINGING" | "UP" | "ONHOLD" | "ONHOLD_BYME";

/** What one station's key of a line shows. */
export interface LineLamp {
  readonly station: string;
  readonly trunk: string;
  readonly state: KeyState;
  readonly device: DeviceState;
  /** Is it this phone that is on the line, or holds it (R10)? */
  readonly isOwn: boolean;
  readonly dialogs: readonly DeviceDialog[];
}

const DEVICE_STATE: Readonly<Record<KeyState, DeviceState>> = {
  IDLE: "NOT_INUSE",
  RINGING: "RINGING",
  UP: "INUSE",
  ONHOLD: "ONHOLD",
  ONHOLD_BYME: "ONHOLD",
};

/** The keys of all stations, in the order of the rules. `uriOf`: the address that a number is shown as. */
export function lineLamps(rules: LineRules, line: Line, uriOf: (number: string) => string): readonly LineLamp[] {
  return rules.stations.map(({ name }) => {
    const state = keyState(line, name);
    const isHolder = line.phase === "up" && line.holders.some(({ station }) => station === name);
    const isOwn = isHolder || stationLegs(line).some(({ station }) => station === name);
    const dialogs = dialogsOf(rules, line, { id: `${name}_${rules.name}`, state, uriOf });
    return { station: name, trunk: rules.name, state, device: DEVICE_STATE[state], isOwn, dialogs };
  });
}

/** Held is what a station sees that is not connected while anybody holds: so a joiner sees the call (B18), and each holder his own hold (B23). */
export function keyState(line: Line, station: string): KeyState {
  if (line.phase === "idle") return "IDLE";
  if (line.phase === "ringing") return "RINGING";
  if (line.phase === "dialling" || line.holders.length === 0) return "UP";
  if (line.holders.some((holder) => holder.station === station)) return "ONHOLD_BYME";
  return line.connected.some((leg) => leg.station === station) ? "UP" : "ONHOLD";
}

function dialogsOf(
  { attemptCallerId }: LineRules,
  line: Line,
  { id, state, uriOf }: { id: string; state: KeyState; uriOf: (number: string) => string },
): readonly DeviceDialog[] {
  if (line.phase === "idle") return [];
  const { direction, party } = line.trunk;
  const dialog: DeviceDialog = {
    id,
    direction: direction === "in" ? "recipient" : "initiator",
    ...(DEVICE_STATE[state] === "ONHOLD" && { held: true }),
    ...(line.phase === "ringing" && { phase: "early" as const }),
  };
  if (!attemptCallerId || party === undefined) return [dialog];
  const { number, name } = party;
  return [{ ...dialog, remote: { uri: uriOf(number), ...(name !== undefined && { name }) } }];
}
