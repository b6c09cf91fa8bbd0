import { connect, drop, endCall, identify, music, settle, stay, type LineStep } from "./call-moves.ts";
import { denyPress, type Ruled } from "./call-start.ts";
import type { LineEffect } from "./line-effect.ts";
import { askingLeg } from "./line-refusal.ts";
import { stationLegs, type Holder, type StationLeg, type UpLine } from "./line.ts";

/** Barges in, or takes the call from hold (OP2, OP3). */
export function pressUp(line: UpLine, { rules, ...ask }: Ruled<"press">): LineStep {
  const denial = denyPress(rules, line, ask);
  return denial ?? connect(rules, line, askingLeg(ask), [{ type: "answer", leg: ask.leg }]);
}

/** A connected phone holds (OP8, R25). Others who hold keep their holds. */
export function hold(line: UpLine, { leg, at, rules }: Ruled<"held">): LineStep {
  const own = line.connected.find((one) => one.leg === leg);
  if (own === undefined) return stay(line);
  const station = rules.stations.find(({ name }) => name === own.station);
  const isKept = station?.holdMode !== "release";
  const isPrivate = rules.hold === "private" || station?.hold === "private";
  const connected = line.connected.filter((one) => one !== own);
  const state: UpLine = { ...line, connected, holders: addHolder(line.holders, own, { isPrivate, isKept, at }) };
  const parting: readonly LineEffect[] = [{ type: "part", leg }, ...(isKept ? [] : drop(own, "on hold"))];
  return { state, effects: connected.length === 0 ? [...parting, music(line.trunk, true)] : parting };
}

/** The un-hold of a call that was kept: the holder is back (R25). */
export function resume(line: UpLine, { leg, rules }: Ruled<"resumed">): LineStep {
  const own = line.holders.flatMap(({ kept }) => kept).find((one) => one.leg === leg);
  return own === undefined ? stay(line) : connect(rules, line, own, []);
}

/** A leg of a call is gone (OP3.5, OP9). */
export function leaveCall(line: UpLine, { leg, at, why, cause }: Ruled<"left">): LineStep {
  if (leg === line.trunk.leg) return endCall(line, at, cause);
  const own = stationLegs(line).find((one) => one.leg === leg);
  if (own === undefined) return stay(line);
  const connected = line.connected.filter((one) => one !== own);
  const holders = line.holders.flatMap((holder) => withoutKept(holder, own, why !== "lost"));
  const { state, effects } = settle(line, { ...line, connected, holders }, at);
  const result: LineEffect = { type: "stationResult", leg, status: "SUCCESS", gone: true };
  return { state, effects: own.runsDialplan ? [result, ...effects] : effects };
}

/** Phones that are on the call are told of its new far end, those that keep it on hold too. */
export function identifyUp(line: UpLine, { party, rules }: Ruled<"identity">): LineStep {
  const state: UpLine = { ...line, trunk: { ...line.trunk, party } };
  return { state, effects: identify(rules, party, stationLegs(line)) };
}

function addHolder(
  holders: readonly Holder[],
  own: StationLeg,
  { isPrivate, isKept, at }: { isPrivate: boolean; isKept: boolean; at: number },
): readonly Holder[] {
  const { station } = own;
  const old = holders.find((holder) => holder.station === station);
  const kept = [...(old?.kept ?? []), ...(isKept ? [own] : [])];
  return [...holders.filter((holder) => holder !== old), { station, isPrivate, since: old?.since ?? at, kept }];
}

// A phone that hangs up what it keeps on hold gives up its hold; one that is merely lost finds the call again.
function withoutKept(holder: Holder, own: StationLeg, isHangup: boolean): readonly Holder[] {
  if (!holder.kept.includes(own)) return [holder];
  const kept = holder.kept.filter((one) => one !== own);
  return kept.length === 0 && isHangup ? [] : [{ ...holder, kept }];
}
