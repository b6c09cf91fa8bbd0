import type { SessionEnd } from "#sip/session/session";
import { headersOf, type SipMessage } from "#sip/message/message";

/** Q.850 causes that calls end with. */
export const CAUSES = {
  unallocated: 1,
  normal: 16,
  busy: 17,
  noResponse: 18,
  noAnswer: 19,
  absent: 20,
  rejected: 21,
  elsewhere: 26,
  outOfOrder: 27,
  congestion: 34,
  failure: 41,
  unavailable: 44,
  recovery: 102,
  interworking: 127,
} as const;

/** Status → cause (RFC 3398 §8.2.6.1, as Asterisk has them). */
const BY_STATUS: ReadonlyMap<number, number> = new Map([
  [400, CAUSES.failure],
  [401, CAUSES.rejected],
  [402, CAUSES.rejected],
  [403, CAUSES.rejected],
  [404, CAUSES.unallocated],
  [407, CAUSES.rejected],
  [408, CAUSES.noResponse],
  [410, 22],
  [480, CAUSES.noAnswer],
  [481, CAUSES.normal],
  [484, 28],
  [485, CAUSES.unallocated],
  [486, CAUSES.busy],
  [487, CAUSES.normal],
  [488, 58],
  [500, CAUSES.failure],
  [502, 38],
  [503, CAUSES.congestion],
  [504, CAUSES.recovery],
  [600, CAUSES.busy],
  [603, CAUSES.rejected],
  [604, CAUSES.unallocated],
  [606, 58],
]);

/** Cause → status that an unanswered caller is given (RFC 3398 §7.2.4.1). */
const BY_CAUSE: ReadonlyMap<number, number> = new Map([
  [CAUSES.unallocated, 404],
  [2, 404],
  [3, 404],
  [CAUSES.normal, 603],
  [CAUSES.busy, 486],
  [CAUSES.noResponse, 480],
  [CAUSES.noAnswer, 480],
  [CAUSES.absent, 480],
  [CAUSES.rejected, 403],
  [22, 410],
  [CAUSES.outOfOrder, 502],
  [28, 484],
  [CAUSES.congestion, 503],
  [38, 503],
  [CAUSES.failure, 503],
  [42, 503],
  [CAUSES.unavailable, 503],
  [58, 488],
  [CAUSES.recovery, 504],
]);

export function causeOfStatus(status: number): number {
  const known = BY_STATUS.get(status);
  if (known !== undefined) return known;
  return status >= 600 ? CAUSES.rejected : status >= 500 ? CAUSES.failure : CAUSES.interworking;
}

export function statusOfCause(cause: number): number {
  return BY_CAUSE.get(cause) ?? 480;
}

/** "busy", as records show it; "other" for one that has no name here. */
export function nameOfCause(cause: number): string {
  return Object.entries(CAUSES).find(([, known]) => known === cause)?.[0] ?? "other";
}

/** Why a session is over: what the peer itself gave as Q.850 reason, else what its end means. */
export function causeOfEnd(end: SessionEnd): number {
  if (end.type === "lost") return end.reason === "timeout" ? CAUSES.noResponse : CAUSES.recovery;
  if (end.type === "refused") return reasonOf(end.response) ?? causeOfStatus(end.status);
  return reasonOf(end.request) ?? CAUSES.normal;
}

/** "Q.850;cause=17" (RFC 3326). */
function reasonOf(message: SipMessage | undefined): number | undefined {
  if (message === undefined) return undefined;
  for (const value of headersOf(message, "reason")) {
    const cause = Number(/\bQ\.850\s*;[^,]{0,200}?cause\s*=\s*(\d{1,3})/i.exec(value)?.[1] ?? 0);
    if (cause >= 1 && cause <= 127) return cause;
  }
  return undefined;
}
