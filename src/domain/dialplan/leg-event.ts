import type { Variable } from "./leg.ts";

/** Everything that moves a leg; each with its time (epoch milliseconds). */
export type LegEvent =
  | LegEntry
  /** The caller hung up. What was being waited for gets its usual variables: READSTATUS=HANGUP, DIALSTATUS=CANCEL, SLATRUNK_STATUS=UNANSWERED. */
  | { readonly type: "hungup"; readonly at: number }
  | LegResult;

/** A call enters (sla.md §5.5): "" as extension is `s`. */
export interface LegEntry {
  readonly type: "enter";
  readonly at: number;
  readonly context: string;
  readonly extension: string;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly channel: string;
  readonly uniqueId: string;
  /** Answered already: a recall, say. */
  readonly up?: boolean;
  /** Set before the first step: inherited ones, CC_EXTEN and its like. */
  readonly variables?: readonly Variable[];
}

/** How a wait ended. Taken only while the wait with this `id` is on; anything else changes nothing. */
export type LegResult = { readonly at: number; readonly id: number } & (
  | { readonly type: "answered" }
  /** The time of a wait, of a busy or of a congestion tone is over. */
  | { readonly type: "elapsed" }
  | { readonly type: "played"; readonly status: "SUCCESS" | "FAILED" }
  | { readonly type: "digits"; readonly status: ReadStatus; readonly digits: string }
  | DialResult
  /** `gone`: the caller has left with it, and only the `h` extension sees the result. */
  | { readonly type: "stationEnded"; readonly status: StationStatus; readonly cause?: number; readonly gone?: boolean }
  | { readonly type: "trunkEnded"; readonly status: TrunkStatus; readonly cause?: number; readonly gone?: boolean }
  | { readonly type: "completionRequested"; readonly reason?: CompletionFailure | "TOO_MANY_REQUESTS" }
  | { readonly type: "completionCancelled"; readonly reason?: CompletionFailure }
);

/** How a Dial ended. */
export interface DialResult {
  readonly type: "dialled";
  readonly status: DialStatus;
  /** Q.850 cause of the far end. */
  readonly cause?: number;
  /** From the start of dialling to its end. */
  readonly dialedSeconds?: number;
  readonly answeredSeconds?: number;
  readonly peerName?: string;
  readonly gone?: boolean;
}

/** sla.md §5.7. */
export type ReadStatus = "OK" | "ERROR" | "HANGUP" | "INTERRUPTED" | "SKIPPED" | "TIMEOUT";
export type DialStatus = "CHANUNAVAIL" | "CONGESTION" | "NOANSWER" | "BUSY" | "ANSWER" | "CANCEL";
/** sla.md §3.8. */
export type StationStatus = "FAILURE" | "CONGESTION" | "SUCCESS";
export type TrunkStatus = "FAILURE" | "SUCCESS" | "UNANSWERED" | "RINGTIMEOUT";
/** ccss.md §4.2 and §4.3: why nothing was requested or cancelled; no reason = SUCCESS. */
export type CompletionFailure = "NO_CORE_INSTANCE" | "NOT_GENERIC" | "UNSPECIFIED";
