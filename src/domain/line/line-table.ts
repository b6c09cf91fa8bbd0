import { step, type Table } from "#base/machine";
import { stay, type LineStep } from "./call-moves.ts";
import * as start from "./call-start.ts";
import * as call from "./call-up.ts";
import type { LineEffect } from "./line-effect.ts";
import type { LineEvent } from "./line-event.ts";
import type { LineRules } from "./line-rules.ts";
import { stationLegs, type Line } from "./line.ts";

type RuledEvent = LineEvent & { readonly rules: LineRules };

/** One line, as a table (sla.md §3.11 with the R-rules). */
const lineTable: Table<Line["phase"], Line, RuledEvent, LineEffect> = {
  idle: {
    offHook: start.seize,
    press: start.seize,
    incoming: start.startRinging,
    stationAnswered: start.answeredTooLate,
  },
  dialling: {
    offHook: start.offHookElsewhere,
    press: start.joinSeize,
    incoming: start.refuseCaller,
    stationAnswered: start.answeredTooLate,
    trunkProgress: start.dialProgress,
    trunkAnswered: start.dialAnswered,
    trunkFailed: start.dialFailed,
    left: start.leaveDial,
    identity: (line, { party }) => stay({ ...line, trunk: { ...line.trunk, party } }),
    timePassed: start.dialTime,
  },
  ringing: {
    offHook: start.offHookElsewhere,
    press: start.pressRinging,
    incoming: start.refuseCaller,
    stationAnswered: start.answerRinging,
    ringFailed: start.ringFailed,
    left: start.leaveRinging,
    identity: (line, { party }) => stay({ ...line, trunk: { ...line.trunk, party } }),
    timePassed: start.ringTime,
  },
  up: {
    offHook: start.offHookElsewhere,
    press: call.pressUp,
    incoming: start.refuseCaller,
    stationAnswered: start.answeredTooLate,
    held: call.hold,
    resumed: call.resume,
    left: call.leaveCall,
    identity: call.identifyUp,
  },
};

/** Runs one event on one line. A reload needs no event: the rules of the moment are given each time. */
export function advanceLine(rules: LineRules, line: Line, event: LineEvent): LineStep {
  return event.type === "nodeLost" ? loseNode(rules, line, event) : step(lineTable, line, { ...event, rules });
}

/** When the line must be looked at again (`timePassed`); undefined: not before something happens. */
export function lineDeadline(rules: LineRules, line: Line): number | undefined {
  if (line.phase === "dialling") return line.since + rules.dialTimeoutMs;
  return line.phase === "ringing" && rules.ringTimeoutMs > 0 ? line.since + rules.ringTimeoutMs : undefined;
}

// The far end first: a call whose trunk is gone has nobody to hold for.
function loseNode(rules: LineRules, line: Line, { node, at }: Extract<LineEvent, { type: "nodeLost" }>): LineStep {
  const trunk = line.phase === "idle" ? [] : [line.trunk];
  const legs = [...trunk, ...stationLegs(line)].filter((leg) => leg.node === node);
  let now: LineStep = stay(line);
  for (const { leg } of legs) {
    const next = step(lineTable, now.state, { type: "left", leg, why: "lost", at, rules });
    now = { state: next.state, effects: [...now.effects, ...next.effects] };
  }
  return now;
}
