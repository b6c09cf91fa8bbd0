import type { Step } from "#base/machine";
import type { LineEffect, ReleaseReason } from "./line-effect.ts";
import type { LineRules } from "./line-rules.ts";
import type { IdleLine, Line, Party, StationLeg, TrunkLeg, UpLine } from "./line.ts";

/** Q.850: normal call clearing. */
const NORMAL_CLEARING = 16;
/** Q.850: non-selected user clearing, of one who answered too late. */
const NON_SELECTED = 26;

/** What a line does after an event. */
export type LineStep = Step<Line, LineEffect>;

/** Nothing happened. */
export function stay(line: Line): LineStep {
  return { state: line, effects: [] };
}

/** The line as it is when nobody is on it. */
export function idleSince(since: number): IdleLine {
  return { phase: "idle", since };
}

/** Hangs up a phone that we rang and that was too late (OP6.2). */
export function releaseLate(leg: string): LineEffect {
  return { type: "release", leg, cause: NON_SELECTED, why: "completed elsewhere" };
}

/** Ends a call that its phone has on hold or has given up: BYE. */
export function drop({ leg, runsDialplan }: StationLeg, why: ReleaseReason, cause = NORMAL_CLEARING): readonly LineEffect[] {
  const release: LineEffect = { type: "release", leg, cause, why };
  return runsDialplan ? [release, { type: "stationResult", leg, status: "SUCCESS", gone: true }] : [release];
}

/** Tells phones who they talk to, if they may know (R13). */
export function identify(rules: LineRules, party: Party | undefined, legs: readonly StationLeg[]): readonly LineEffect[] {
  if (!rules.attemptCallerId || party === undefined) return [];
  return legs.map(({ leg }) => ({ type: "identify", leg, party }));
}

/** Starts or ends the music of the far end. */
export function music({ leg }: TrunkLeg, on: boolean): LineEffect {
  return { type: "music", leg, on };
}

/** Puts a phone into the call. It ends the holds of all who allow that, and his own; other private ones stay (R16). */
export function connect(rules: LineRules, line: UpLine, leg: StationLeg, answer: readonly LineEffect[]): LineStep {
  const staying = line.holders.filter(({ station, isPrivate }) => isPrivate && station !== leg.station);
  const kept = line.holders.flatMap((holder) => (staying.includes(holder) ? [] : holder.kept));
  const released = kept.filter((one) => one.leg !== leg.leg);
  const state: UpLine = { ...line, holders: staying, connected: [...line.connected, leg] };
  const silence = line.connected.length === 0 && line.holders.length > 0 ? [music(line.trunk, false)] : [];
  const drops = released.flatMap((one) => drop(one, "retrieved"));
  const shown = identify(rules, line.trunk.party, [leg]);
  return { state, effects: [...silence, ...answer, { type: "join", leg: leg.leg }, ...shown, ...drops] };
}

/** After phones have gone from a call: nobody left and nobody holding ends it, else those who hold wait with music (OP3.5, R17). */
export function settle(before: UpLine, after: UpLine, at: number): LineStep {
  if (after.connected.length > 0) return { state: after, effects: [] };
  if (after.holders.length > 0) return { state: after, effects: before.connected.length > 0 ? [music(after.trunk, true)] : [] };
  const silence = before.connected.length === 0 ? [music(after.trunk, false)] : [];
  return { state: idleSince(at), effects: [...silence, ...leaveTrunk(after.trunk)] };
}

/** The far end has gone: everybody is ejected and hears why, every hold and failure forgotten (OP9, R18). */
export function endCall(line: UpLine, at: number, cause: number | undefined): LineStep {
  const ejected = line.connected.flatMap((leg) => eject(leg, cause));
  const released = line.holders.flatMap(({ kept }) => kept.flatMap((leg) => drop(leg, "call ended", cause)));
  const result: readonly LineEffect[] =
    line.trunk.direction === "in" ? [{ type: "trunkResult", leg: line.trunk.leg, status: "SUCCESS", gone: true }] : [];
  return { state: idleSince(at), effects: [...ejected, ...released, ...result] };
}

// The dialplan of a caller goes on after SLATrunk; a call of ours has nowhere to go.
function leaveTrunk({ leg, direction }: TrunkLeg): readonly LineEffect[] {
  const part: LineEffect = { type: "part", leg };
  return direction === "in"
    ? [part, { type: "trunkResult", leg, status: "SUCCESS" }]
    : [part, { type: "release", leg, cause: NORMAL_CLEARING, why: "call ended" }];
}

function eject(leg: StationLeg, cause: number | undefined): readonly LineEffect[] {
  const part: LineEffect = { type: "part", leg: leg.leg };
  if (!leg.runsDialplan) return [part, ...drop(leg, "call ended", cause)];
  return [part, { type: "stationResult", leg: leg.leg, status: "SUCCESS", ...(cause !== undefined && { cause }) }];
}
