import { headerOf, type SipResponse } from "#sip/message/message";
import { parseNameAddressList } from "#sip/message/name-addr";
import { parseUri } from "#sip/message/uri";
import type { DeliveryEvent } from "./delivery-table.ts";
import { CONTACTS_MAX, HOLD_MAX_MS, HOLD_MIN_MS, RETRY_AFTER_5XX_MS, RETRY_AFTER_TIMEOUT_MS } from "./limits.ts";
import type { WatcherHabits } from "./package.ts";

/** Answers that end the usage or its dialog (RFC 5057 §5.1, RFC 6665 §4.2.2, presence.md §1.8). Every other 4xx and 6xx ends only the transaction. */
const ENDING = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 502, 604]);
/** Of these, what ends the usage only; the others end the dialog with all its usages. */
const USAGE_ONLY = new Set([405, 480, 481, 489, 501]);

/** Does this answer to a NOTIFY end the whole dialog (RFC 5057 §5.1)? */
export function endsDialog({ status }: SipResponse): boolean {
  return ENDING.has(status) && !USAGE_ONLY.has(status);
}

export type Verdict =
  | { readonly type: "delivered" }
  | { readonly type: "kept" }
  | Extract<DeliveryEvent, { type: "refused" | "failed" | "heldBack" }>
  /** Once more, addressed to `target`. */
  | { readonly type: "moved"; readonly target: string };

const FAILED_SERVER: Verdict = { type: "failed", retryMs: RETRY_AFTER_5XX_MS, isServerError: true };
const NOT_OURS: Verdict = { type: "failed", retryMs: RETRY_AFTER_5XX_MS };

/** What the final answer to a NOTIFY for `remoteTarget` says of the subscription (design §9.9). */
export function judgeAnswer(response: SipResponse, remoteTarget: string): Verdict {
  const { status } = response;
  if (status < 300) return { type: "delivered" };
  if (status < 400) return judgeRedirection(response, remoteTarget);
  // Somebody who names a time wants to be asked again (RFC 6665 §4.2.2); of the ending ones only 480 can mean that (RFC 5057 §5.1).
  const holdMs = ENDING.has(status) && status !== 480 ? undefined : retryAfterMs(response);
  if (holdMs !== undefined) return { type: "heldBack", holdMs };
  if (ENDING.has(status)) return { type: "refused" };
  if (status === 408) return { type: "failed", retryMs: RETRY_AFTER_TIMEOUT_MS };
  if (status >= 500 && status < 600) return FAILED_SERVER;
  // A challenge that we cannot answer: one more try, then it is over.
  if (status === 401 || status === 407) return NOT_OURS;
  return { type: "kept" };
}

/** How much trouble a watcher may make depends on what it is. */
export function asHabitsHave(
  verdict: Exclude<Verdict, { type: "delivered" | "kept" | "moved" }>,
  habits: WatcherHabits,
): DeliveryEvent {
  if (verdict.type !== "failed") return verdict;
  const isOver = verdict.isServerError === true && !habits.retriesServerErrors;
  return isOver ? { type: "refused" } : { ...verdict, grace: habits.failureGrace };
}

function retryAfterMs(response: SipResponse): number | undefined {
  const retryAfter = /^\d{1,9}/.exec(headerOf(response, "retry-after") ?? "");
  return retryAfter === null ? undefined : Math.min(Math.max(Number(retryAfter[0]) * 1000, HOLD_MIN_MS), HOLD_MAX_MS);
}

/** One Contact of the same host is followed: nobody may send our NOTIFYs to a stranger. */
function judgeRedirection(response: SipResponse, remoteTarget: string): Verdict {
  const contacts = parseNameAddressList(headerOf(response, "contact") ?? "", CONTACTS_MAX);
  const here = hostOf(remoteTarget);
  const found = contacts.ok ? contacts.value.find(({ uri }) => here !== undefined && hostOf(uri) === here) : undefined;
  return found === undefined ? { type: "refused" } : { type: "moved", target: found.uri };
}

function hostOf(uri: string): string | undefined {
  const parsed = parseUri(uri);
  return parsed.ok ? parsed.value.host.toLowerCase() : undefined;
}
