import { headerOf, type SipResponse } from "#sip/message/message";
import type { DeliveryEvent } from "./delivery-table.ts";
import { HOLD_MAX_MS, RETRY_AFTER_5XX_MS, RETRY_AFTER_TIMEOUT_MS } from "./limits.ts";

/** Answers that end the usage or its dialog (RFC 5057 §5.1, RFC 6665 §4.2.2, presence.md §1.8). Every other 4xx and 6xx ends only the transaction. */
const ENDING = new Set([404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 502, 604]);

export type Verdict = { readonly type: "delivered" } | Extract<DeliveryEvent, { type: "refused" | "failed" | "heldBack" }>;

/** What the final answer to a NOTIFY says of the subscription (design §9.9). */
export function judgeAnswer(response: SipResponse): Verdict {
  const { status } = response;
  if (status < 300) return { type: "delivered" };
  if (ENDING.has(status) || status < 400) return { type: "refused" };
  if (status === 408) return { type: "failed", retryMs: RETRY_AFTER_TIMEOUT_MS };
  if (status >= 500 && status < 600) return judgeServerFailure(response);
  // The watcher did not take this document (a challenge we cannot answer, a policy of the day): one more try, then it is over.
  if (status === 401 || status === 407) return { type: "failed", retryMs: RETRY_AFTER_5XX_MS };
  return { type: "delivered" };
}

function judgeServerFailure(response: SipResponse): Verdict {
  const retryAfter = /^\d{1,9}/.exec(headerOf(response, "retry-after") ?? "");
  if (retryAfter === null) return { type: "failed", retryMs: RETRY_AFTER_5XX_MS };
  return { type: "heldBack", holdMs: Math.min(Number(retryAfter[0]) * 1000, HOLD_MAX_MS) };
}
