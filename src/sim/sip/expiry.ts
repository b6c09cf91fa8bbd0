import { headerOf, type SipResponse } from "#sip/message/message";
import { parseExpires } from "#sip/message/expires";

/** Polycom phones refresh this long before the end (reg.N.server.M.expires.overlap). */
const OVERLAP_SECONDS = 60;

/** When to refresh what was granted for so long: a minute before its end, at half time when it is short. */
export function refreshDelayMs(grantedSeconds: number): number {
  return Math.max(grantedSeconds - OVERLAP_SECONDS, grantedSeconds / 2) * 1000;
}

/** The longer time that a 423 asks for; undefined when it is none, or tells nothing that helps. */
export function minimumExpires(response: SipResponse, askedSeconds: number): number | undefined {
  if (response.status !== 423) return undefined;
  const minimum = parseExpires(headerOf(response, "min-expires"));
  return minimum !== undefined && minimum > askedSeconds ? minimum : undefined;
}
