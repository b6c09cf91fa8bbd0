/**
 * A call leg on its way through the dialplan, as plain data: it may be written out as JSON and read back between any two events
 * (sla.md §5.5). Moved by `interpreter.ts` only.
 */
export type Leg =
  /** Has not entered yet. */
  | { readonly phase: "fresh" }
  | Waiting<"answering">
  /** Wait(). */
  | Waiting<"pausing">
  | Waiting<"playing">
  /** Read(): the digits go into `variable`. */
  | Waiting<"reading", { readonly variable: string }>
  /** Digits of an extension are dialled: DISA, or the end of an extension without auto-fallthrough. */
  | Waiting<"collecting", { readonly context: string; readonly onFailure: "congestion" | "timeoutExtension" }>
  /** Dial(): with option g the call goes on after an answered call. */
  | Waiting<"dialling", { readonly continues: boolean }>
  | Waiting<"atStation">
  | Waiting<"atTrunk">
  | Waiting<"requesting">
  | Waiting<"cancelling">
  /** Busy or congestion tone; then it is over. */
  | Waiting<"signalling">
  | { readonly phase: "ended" };

/** A phase that ends with the result of its effect. */
export type Waiting<P extends string, More = unknown> = { readonly phase: P; readonly facts: LegFacts } & More;

/** What is known of a leg while it runs. */
export interface LegFacts {
  readonly context: string;
  readonly extension: string;
  /** Of the step that is being run or was last run. */
  readonly priority: number;
  readonly channel: string;
  readonly uniqueId: string;
  readonly callerNumber: string;
  readonly callerName: string;
  /** Answered. */
  readonly up: boolean;
  /** Q.850 cause of what happened last; 0 = nothing yet. */
  readonly cause: number;
  /** Of the last event, epoch milliseconds. */
  readonly at: number;
  /** In the order they were first set. */
  readonly variables: readonly Variable[];
  /** Written by CALLCOMPLETION() for this call: option in lower case → value. */
  readonly completion: readonly Variable[];
  /** Steps run since it entered. */
  readonly stepCount: number;
  /** Waits so far; the last one is the id that its result must bear. */
  readonly waitCount: number;
}

/** Names and values come from files and callers: pairs, never keys of an object. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** Set as `_NAME`: the legs dialled get it; as `__NAME`: they hand it on, too. */
  readonly inherit?: "once" | "always";
}

/** Steps of one leg in all. */
export const STEPS_MAX = 10_000;
/** Steps that one event may lead to: more is a loop that waits for nothing. */
export const STEPS_AT_ONCE_MAX = 1000;
/** Variables of one leg. */
export const VARIABLES_MAX = 1000;
