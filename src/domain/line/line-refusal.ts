import type { LineEffect, Refusal } from "./line-effect.ts";
import type { LineEvent } from "./line-event.ts";
import type { LineRules } from "./line-rules.ts";
import type { Line, StationLeg, UpLine } from "./line.ts";

/** An event that asks for the line. */
export type StationAsk = Extract<LineEvent, { type: "offHook" | "press" }>;
/** A line key. */
export type Press = Extract<LineEvent, { type: "press" }>;

/** No line of the station is idle (OP1), or this one is taken. */
export const LINE_IN_USE: Refusal = { status: 486, text: "line in use" };

const NO_SUCH_KEY: Refusal = { status: 404, text: "no such line key" };
const NOT_YOUR_KEY: Refusal = { status: 403, text: "not your line key" };
const HELD_PRIVATELY: Refusal = { status: 486, text: "held privately" };
const NO_BARGE: Refusal = { status: 486, text: "barge not allowed" };
const AT_OTHER_NODE: Refusal = { status: 503, text: "the call is at another node" };

/** Why a line key does nothing; undefined: it does (OP2, R12, R16, R21). */
export function refusalOf(rules: LineRules, line: Line, press: Press): Refusal | undefined {
  if (!press.isOwnDevice) return NOT_YOUR_KEY;
  if (!rules.stations.some(({ name }) => name === press.station)) return NO_SUCH_KEY;
  // Sound does not cross from node to node: whoever joined would hear nothing.
  if (line.phase !== "idle" && line.trunk.node !== press.node) return AT_OTHER_NODE;
  if (line.phase === "dialling") return rules.barge ? undefined : NO_BARGE;
  return line.phase === "up" ? refusalOfCall(rules, line, press.station) : undefined;
}

/** What a refused phone gets. */
export function refuse(rules: LineRules, ask: StationAsk, refusal: Refusal): readonly LineEffect[] {
  const { leg, station } = ask;
  return [
    { type: "logRefusal", trunk: rules.name, station, leg, refusal },
    { type: "stationResult", leg, status: "CONGESTION", refusal },
  ];
}

/** A leg of a phone that asks for the line. */
export function askingLeg({ station, leg, node, at }: StationAsk): StationLeg {
  return { station, leg, node, since: at, runsDialplan: true };
}

// Who holds may always come back, whoever else holds or talks; a hold is no reason to refuse whom it allows (issue 9459).
function refusalOfCall(rules: LineRules, { holders, connected }: UpLine, station: string): Refusal | undefined {
  if (holders.some((holder) => holder.station === station)) return undefined;
  if (holders.some(({ isPrivate }) => isPrivate)) return HELD_PRIVATELY;
  return connected.length > 0 && !rules.barge ? NO_BARGE : undefined;
}
