import { CAUSES } from "./causes.ts";
import type { DialStatus } from "#domain/dialplan/leg-event";

/** How attempts of one Dial failed: the status of SIP, 0 = there was nowhere to call. */
export type Failure = { readonly status: number; readonly cause: number };

/**
 * What DIALSTATUS says when all attempts have failed (sla.md §5.7), and the cause that the caller is let go with: busy before congested before
 * unreachable before the rest (B-7).
 */
export function dialStatusOf(failures: readonly Failure[]): { readonly status: DialStatus; readonly cause: number } {
  const of = (test: (status: number) => boolean): Failure | undefined => failures.find(({ status }) => test(status));
  const busy = of((status) => status === 486 || status === 600);
  if (busy !== undefined) return { status: "BUSY", cause: CAUSES.busy };
  const declined = of((status) => status === 603 || status === 403);
  const noAnswer = of((status) => status === 408 || status === 480 || status === 487);
  const congested = of((status) => status >= 500 && status !== 603);
  if (congested !== undefined) return { status: "CONGESTION", cause: congested.cause };
  if (noAnswer !== undefined) return { status: "NOANSWER", cause: noAnswer.cause };
  if (declined !== undefined) return { status: "BUSY", cause: declined.cause };
  const other = failures.find(({ status }) => status !== 0);
  return other === undefined ? { status: "CHANUNAVAIL", cause: CAUSES.absent } : { status: "CHANUNAVAIL", cause: other.cause };
}
