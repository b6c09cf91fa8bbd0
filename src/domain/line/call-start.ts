import type { LineStep } from "./call-moves.ts";
import { connect, identify, idleSince, releaseLate, stay } from "./call-moves.ts";
import type { LineEffect, Refusal } from "./line-effect.ts";
import type { LineEvent } from "./line-event.ts";
import { askingLeg, LINE_IN_USE, refusalOf, refuse, type Press } from "./line-refusal.ts";
import type { LineRules } from "./line-rules.ts";
import { hasLeg, type DiallingLine, type IdleLine, type Line, type RingingLine, type StationLeg, type UpLine } from "./line.ts";

/** An event with the rules that hold when it comes. */
export type Ruled<T extends LineEvent["type"]> = Extract<LineEvent, { type: T }> & { readonly rules: LineRules };

const NO_ANSWER: Refusal = { status: 480, text: "no answer" };
const UNREACHABLE: Refusal = { status: 503, text: "trunk unavailable" };

/** A station takes an idle line: its trunk is dialled (OP3, OP4). */
export function seize(line: IdleLine, { rules, ...ask }: Ruled<"offHook" | "press">): LineStep {
  if (ask.type === "press") {
    const denial = denyPress(rules, line, ask);
    if (denial !== undefined) return denial;
  } else if (!rules.stations.some(({ name }) => name === ask.station)) return offHookElsewhere(line, { rules, ...ask });
  const { station, leg, node, newLeg, at } = ask;
  const state: DiallingLine = {
    phase: "dialling",
    since: at,
    trunk: { leg: newLeg, node, direction: "out" },
    waiting: [askingLeg(ask)],
  };
  return { state, effects: [{ type: "dialTrunk", leg: newLeg, device: rules.device, forStation: station, forLeg: leg }] };
}

/** The step that a line key which may not do anything ends in; undefined: it may. */
export function denyPress(rules: LineRules, line: Line, ask: Press): LineStep | undefined {
  if (hasLeg(line, ask.leg)) return stay(line);
  const refusal = refusalOf(rules, line, ask);
  return refusal === undefined ? undefined : { state: line, effects: refuse(rules, ask, refusal) };
}

/** Off-hook came too late for this line. */
export function offHookElsewhere(line: Line, { rules: _, ...ask }: Ruled<"offHook">): LineStep {
  return hasLeg(line, ask.leg) ? stay(line) : { state: line, effects: [{ type: "unavailable", leg: ask.leg }] };
}

/** A second caller on a line: one call each (OP5.2, R15, B30). */
export function refuseCaller(line: Line, { leg }: Ruled<"incoming">): LineStep {
  if (hasLeg(line, leg)) return stay(line);
  return { state: line, effects: [{ type: "trunkResult", leg, status: "FAILURE", refusal: LINE_IN_USE }] };
}

/** A phone answers that need not have (OP6.2). */
export function answeredTooLate(line: Line, { leg }: Ruled<"stationAnswered">): LineStep {
  return hasLeg(line, leg) ? stay(line) : { state: line, effects: [releaseLate(leg)] };
}

/** A second key press while the trunk is dialled joins the seize that is on (R15). */
export function joinSeize(line: DiallingLine, { rules, ...ask }: Ruled<"press">): LineStep {
  const denial = denyPress(rules, line, ask);
  if (denial !== undefined) return denial;
  const state: DiallingLine = { ...line, waiting: [...line.waiting, askingLeg(ask)] };
  return { state, effects: line.progress === undefined ? [] : [ringing(ask.leg, line.progress)] };
}

/** Each change is told once, and never back from ringing to trying (OP4.3). */
export function dialProgress(line: DiallingLine, { leg, status }: Ruled<"trunkProgress">): LineStep {
  if (leg !== line.trunk.leg || status === line.progress || line.progress === "ringing") return stay(line);
  return { state: { ...line, progress: status }, effects: line.waiting.map((one) => ringing(one.leg, status)) };
}

/** The far end, or the pair that reads digits, is there: all who wait are in the call. */
export function dialAnswered(line: DiallingLine, { leg, party, at, rules }: Ruled<"trunkAnswered">): LineStep {
  if (leg !== line.trunk.leg) return stay(line);
  const trunk = party === undefined ? line.trunk : { ...line.trunk, party };
  const state: UpLine = { phase: "up", since: at, trunk, connected: line.waiting, holders: [] };
  const joins = line.waiting.flatMap((one): LineEffect[] => [
    { type: "answer", leg: one.leg },
    { type: "join", leg: one.leg },
  ]);
  return { state, effects: [{ type: "join", leg }, ...joins, ...identify(rules, trunk.party, line.waiting)] };
}

/** The trunk could not be had: all who wait get the far end's own status (R12). */
export function dialFailed(line: DiallingLine, { leg, sipStatus, cause, at, rules }: Ruled<"trunkFailed">): LineStep {
  if (leg !== line.trunk.leg) return stay(line);
  const refusal = sipStatus === undefined ? UNREACHABLE : { status: sipStatus, text: `trunk answered ${String(sipStatus)}` };
  return { state: idleSince(at), effects: refuseWaiting(rules, line.waiting, refusal, cause) };
}

/** Somebody leaves while the trunk is dialled; with the last who waits, the dial ends (R14). */
export function leaveDial(line: DiallingLine, { leg, at, rules }: Ruled<"left">): LineStep {
  if (leg === line.trunk.leg) return { state: idleSince(at), effects: refuseWaiting(rules, line.waiting, UNREACHABLE) };
  if (!hasLeg(line, leg)) return stay(line);
  const waiting = line.waiting.filter((one) => one.leg !== leg);
  const result: LineEffect = { type: "stationResult", leg, status: "CONGESTION", gone: true };
  if (waiting.length > 0) return { state: { ...line, waiting }, effects: [result] };
  return { state: idleSince(at), effects: [{ type: "cancelTrunk", leg: line.trunk.leg }, result] };
}

/** Nobody waits for ever (B42). */
export function dialTime(line: DiallingLine, { at, rules }: Ruled<"timePassed">): LineStep {
  if (at - line.since < rules.dialTimeoutMs) return stay(line);
  const refusals = refuseWaiting(rules, line.waiting, NO_ANSWER);
  return { state: idleSince(at), effects: [{ type: "cancelTrunk", leg: line.trunk.leg }, ...refusals] };
}

/** Somebody calls an idle line (OP5, R24: it is not answered). */
export function startRinging(_: IdleLine, event: Ruled<"incoming">): LineStep {
  const { leg, node, party, musicClass, at } = event;
  const caller = {
    leg,
    node,
    direction: "in" as const,
    ...(party !== undefined && { party }),
    ...(musicClass !== undefined && { musicClass }),
  };
  const state: RingingLine = { phase: "ringing", since: at, trunk: caller, done: [] };
  const sound: LineEffect =
    musicClass === undefined ? { type: "ringing", leg, status: 180 } : { type: "music", leg, on: true, musicClass };
  return { state, effects: [sound] };
}

/** The key of a line that rings answers it, whether this phone rings or not (OP2.4). */
export function pressRinging(line: RingingLine, { rules, ...ask }: Ruled<"press">): LineStep {
  const denial = denyPress(rules, line, ask);
  return denial ?? answerCaller(rules, line, askingLeg(ask), true, ask.at);
}

/** A phone that was rung answers (OP6.3). */
export function answerRinging(line: RingingLine, { rules, station, leg, node, at, shown }: Ruled<"stationAnswered">): LineStep {
  const own: StationLeg = { station, leg, node, since: at, runsDialplan: false };
  const step = answerCaller(rules, line, own, false, at);
  const { party } = line.trunk;
  if (shown === undefined || shown.number !== party?.number || shown.name !== party.name) return step;
  return { ...step, effects: step.effects.filter(({ type }) => type !== "identify") };
}

/** A phone does not answer: it is not rung again for this call, unless it could not be reached (R19). */
export function ringFailed(line: RingingLine, { station, why }: Ruled<"ringFailed">): LineStep {
  if (why === "unreachable" || line.done.some((one) => one.station === station)) return stay(line);
  return { state: { ...line, done: [...line.done, { station, why }] }, effects: [] };
}

/** The caller gives up (OP5.6). */
export function leaveRinging(line: RingingLine, { leg, at }: Ruled<"left">): LineStep {
  if (leg !== line.trunk.leg) return stay(line);
  return { state: idleSince(at), effects: [{ type: "trunkResult", leg, status: "UNANSWERED", gone: true }] };
}

/** The caller goes on in the dialplan when nobody answers (R29). */
export function ringTime(line: RingingLine, { at, rules }: Ruled<"timePassed">): LineStep {
  if (rules.ringTimeoutMs === 0 || at - line.since < rules.ringTimeoutMs) return stay(line);
  const { leg } = line.trunk;
  return { state: idleSince(at), effects: [...endWaitingMusic(line), { type: "trunkResult", leg, status: "RINGTIMEOUT" }] };
}

function answerCaller(rules: LineRules, line: RingingLine, own: StationLeg, isPress: boolean, at: number): LineStep {
  const { trunk } = line;
  const call: UpLine = { phase: "up", since: at, trunk, connected: [], holders: [] };
  const { state, effects } = connect(rules, call, own, isPress ? [{ type: "answer", leg: own.leg }] : []);
  const caller: readonly LineEffect[] = [
    { type: "answer", leg: trunk.leg },
    { type: "join", leg: trunk.leg },
  ];
  return { state, effects: [...endWaitingMusic(line), ...caller, ...effects] };
}

function endWaitingMusic({ trunk }: RingingLine): readonly LineEffect[] {
  return trunk.musicClass === undefined ? [] : [{ type: "music", leg: trunk.leg, on: false }];
}

function refuseWaiting(
  rules: LineRules,
  waiting: readonly StationLeg[],
  refusal: Refusal,
  cause?: number,
): readonly LineEffect[] {
  return waiting.flatMap(({ leg, station }): LineEffect[] => [
    { type: "logRefusal", trunk: rules.name, station, leg, refusal },
    { type: "stationResult", leg, status: "CONGESTION", refusal, ...(cause !== undefined && { cause }) },
  ]);
}

function ringing(leg: string, progress: "trying" | "ringing"): LineEffect {
  return { type: "ringing", leg, status: progress === "ringing" ? 180 : 183 };
}
