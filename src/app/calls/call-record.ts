import type { CallRecordJson } from "#admin/call-ports";
import type { MediaStatistics } from "#media/media-engine";
import type { LastOfLeg } from "#calls/call-leg";
import type { SessionEnd } from "#sip/session/session";
import type { LegRecord } from "./call-board.ts";
import { causeOfEnd, causeOfStatus, nameOfCause } from "./causes.ts";

/** What is kept of a leg that is over. `at`: epoch milliseconds. */
export function callRecord(
  leg: LegRecord,
  last: Omit<LastOfLeg, "sound">,
  sound: MediaStatistics | undefined,
  at: number,
): CallRecordJson {
  const { id, call, node, account, direction, remote, line, since, answeredAt } = leg;
  return {
    ...{ call, leg: id, node, direction },
    ...(account === undefined ? {} : { account }),
    ...(remote.number === "" ? {} : { number: remote.number }),
    ...(remote.name === "" ? {} : { name: remote.name }),
    ...(line === undefined ? {} : { line }),
    startedAt: iso(since),
    ...(answeredAt === undefined ? {} : { answeredAt: iso(answeredAt) }),
    endedAt: iso(at),
    seconds: wholeSeconds(at - since),
    talkSeconds: answeredAt === undefined ? 0 : wholeSeconds(at - answeredAt),
    end: endJson(last),
    ...(sound === undefined ? {} : { sound }),
  };
}

function endJson({ end, reasons }: Omit<LastOfLeg, "sound">): CallRecordJson["end"] {
  const cause = causeFor(end, reasons);
  const text = reasons.find((reason) => reason.text !== undefined)?.text;
  return {
    by: end.type === "lost" ? "network" : end.by,
    how: end.type === "lost" ? end.reason : end.type,
    ...(end.type === "refused" ? { status: end.status } : {}),
    cause,
    causeName: nameOfCause(cause),
    ...(text === undefined ? {} : { text }),
  };
}

/** Why we ended it, where we did; else why they did. */
function causeFor(end: SessionEnd, reasons: LastOfLeg["reasons"]): number {
  if (end.type === "lost" || end.by === "them") return causeOfEnd(end);
  const said = reasons.find(({ protocol }) => protocol === "Q.850")?.cause;
  return said ?? (end.type === "refused" ? causeOfStatus(end.status) : causeOfEnd(end));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function wholeSeconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / 1000));
}
