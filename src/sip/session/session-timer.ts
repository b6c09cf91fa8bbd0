import { fail, ok, type Result } from "#base/result";
import { headerOf, type SipMessage, type SipRequest, type SipResponse } from "#sip/message/message";
import { parseParameters } from "#sip/message/parameters";
import type { Answer, OutgoingHeader } from "#sip/transaction/user";
import { MIN_SE_SECONDS, SESSION_EXPIRES_MAX_SECONDS, SESSION_EXPIRES_SECONDS } from "./limits.ts";
import { lists } from "./peer.ts";

/** A session interval that both sides agreed on (RFC 4028). */
export interface SessionInterval {
  readonly seconds: number;
  readonly refresher: "us" | "them";
}

interface SessionExpires {
  readonly seconds: number;
  readonly refresher: string | undefined;
}

function readSessionExpires(message: SipMessage): SessionExpires | undefined {
  const text = headerOf(message, "session-expires");
  const match = text === undefined ? null : /^(\d{1,10})[ \t]*(;.*)?$/.exec(text);
  if (match === null) return undefined;
  return {
    seconds: Number(match[1]),
    refresher: parseParameters(match[2] ?? "")
      .get("refresher")
      ?.toLowerCase(),
  };
}

/** The shortest interval that the message takes; ours at least. */
export function minSeOf(message: SipMessage): number {
  const match = /^(\d{1,10})(?:[ \t]*;|$)/.exec(headerOf(message, "min-se") ?? "");
  return match === null ? MIN_SE_SECONDS : Math.min(SESSION_EXPIRES_MAX_SECONDS, Math.max(MIN_SE_SECONDS, Number(match[1])));
}

interface Grant {
  readonly interval: SessionInterval | undefined;
  readonly headers: readonly OutgoingHeader[];
}

/** What our answer to an INVITE or UPDATE says, and the interval that holds from then on. The error is the refusal. */
export function grantInterval(request: SipRequest): Result<Grant, Answer> {
  const asked = readSessionExpires(request);
  const knowsTimers = lists(request, "supported", "timer") || lists(request, "require", "timer");
  // Nobody asks for an end, and who asks could not refresh: the session is asked whether it lives instead (B-21).
  if (asked === undefined && !knowsTimers) return ok({ interval: undefined, headers: [] });
  if (asked !== undefined && knowsTimers && asked.seconds < MIN_SE_SECONDS)
    return fail({ status: 422, headers: [["Min-SE", String(MIN_SE_SECONDS)]] });
  const wished = Math.max(asked?.seconds ?? SESSION_EXPIRES_SECONDS, minSeOf(request));
  // Who cannot refresh does not (RFC 4028 §9, table 2).
  const refresher = !knowsTimers || asked?.refresher === "uas" ? "uas" : "uac";
  return ok(grant(Math.min(SESSION_EXPIRES_MAX_SECONDS, wished), refresher));
}

/** Who made the request must know of timers where it is to refresh. */
function grant(seconds: number, refresher: "uac" | "uas"): Grant {
  const expires: OutgoingHeader = ["Session-Expires", `${seconds};refresher=${refresher}`];
  return refresher === "uas"
    ? { interval: { seconds, refresher: "us" }, headers: [expires] }
    : { interval: { seconds, refresher: "them" }, headers: [["Require", "timer"], expires] };
}

/** The interval that a 2xx to a request of ours agreed on. Without one the session does not expire. */
export function agreedInterval(response: SipResponse): SessionInterval | undefined {
  const agreed = readSessionExpires(response);
  if (agreed === undefined || agreed.seconds === 0) return undefined;
  const seconds = Math.min(SESSION_EXPIRES_MAX_SECONDS, Math.max(MIN_SE_SECONDS, agreed.seconds));
  return { seconds, refresher: agreed.refresher === "uas" ? "them" : "us" };
}

/** What an INVITE or UPDATE of ours asks for. */
export function timerHeaders(minSe: number, present?: SessionInterval): OutgoingHeader[] {
  const seconds = Math.max(minSe, present?.seconds ?? SESSION_EXPIRES_SECONDS);
  const refresher = present === undefined ? "" : `;refresher=${present.refresher === "us" ? "uac" : "uas"}`;
  return [
    ["Session-Expires", `${seconds}${refresher}`],
    ["Min-SE", String(minSe)],
  ];
}

/** When the side that does not refresh gives up (RFC 4028 §10), and when the other one refreshes, in ms. */
export function timesOf({ seconds }: SessionInterval): { readonly refreshMs: number; readonly expiryMs: number } {
  return { refreshMs: (seconds * 1000) / 2, expiryMs: Math.floor((seconds - Math.min(32, seconds / 3)) * 1000) };
}
