import type { DeviceState } from "../lamp/device-state.ts";
import type { Destination } from "./destination.ts";
import type { Variable } from "./leg.ts";

/** What a call engine does for a leg, in order. One with an `id` is answered by the result that bears the same `id`; it is always the last. */
export type LegEffect =
  /** Nothing to run: the call is refused before anything happened (sla.md §5.5). */
  | { readonly type: "refuse"; readonly status: 404 }
  /** Answer; then wait until media comes (500 ms at most, not at all when `immediate`) and `delayMs` more. → answered */
  | { readonly type: "answer"; readonly id: number; readonly delayMs: number; readonly immediate?: boolean }
  /** → elapsed */
  | { readonly type: "wait"; readonly id: number; readonly ms: number }
  /** Tone name, or tone list. Goes on until stopTones, or until something else is played. */
  | { readonly type: "playTones"; readonly tones: string }
  | { readonly type: "stopTones" }
  /** → played */
  | { readonly type: "playback"; readonly id: number; readonly answerFirst: boolean; readonly files: readonly string[] }
  | ReadEffect
  | DialEffect
  | { readonly type: "ringing" }
  | { readonly type: "progress" }
  /** Refuses an unanswered leg as busy; an answered one hears the tone, for ever without `ms`. → elapsed */
  | { readonly type: "busy"; readonly id: number; readonly ms?: number }
  | { readonly type: "congestion"; readonly id: number; readonly ms?: number }
  /** Q.850. Always the last of its leg. */
  | { readonly type: "hangup"; readonly cause: number }
  /** sla.md §3.3 OP1 and OP2; the whole argument. → stationEnded */
  | { readonly type: "slaStation"; readonly id: number; readonly station: string }
  /** sla.md §3.3 OP5; `musicClass`: option M, "" without a class. → trunkEnded */
  | { readonly type: "slaTrunk"; readonly id: number; readonly trunk: string; readonly musicClass?: string }
  /** → completionRequested */
  | { readonly type: "completionRequest"; readonly id: number }
  /** → completionCancelled */
  | { readonly type: "completionCancel"; readonly id: number }
  /** "Custom:name". */
  | { readonly type: "setDeviceState"; readonly device: string; readonly state: DeviceState }
  /** One line, nothing invisible in it. */
  | { readonly type: "log"; readonly level: "note" | "warning"; readonly text: string };

/** Collects digits. → digits */
export interface ReadEffect {
  readonly type: "read";
  readonly id: number;
  readonly answerFirst: boolean;
  /** Played until the first digit; `tone`: names of tones, a prompt of that name where there is no such tone. */
  readonly prompts: readonly string[];
  readonly tone: boolean;
  readonly maxDigits: number;
  /** Digits that end it and are not kept. */
  readonly terminators: string;
  /** Option e: a terminator alone is the value. */
  readonly keepsLoneTerminator: boolean;
  readonly attempts: number;
  readonly firstDigitMs: number;
  readonly nextDigitMs: number;
  /** Ends, too, when no more digits could mean anything in this context (`DialplanLookup.canMatchMore`). */
  readonly untilMatchedIn?: string;
}

/** Rings all destinations, bridges the first that answers. → dialled */
export interface DialEffect {
  readonly type: "dial";
  readonly id: number;
  readonly destinations: readonly Destination[];
  /** Absent: until somebody answers or gives up. */
  readonly timeoutMs?: number;
  /** As written. */
  readonly options: string;
  /** What the dialled legs get. */
  readonly variables: readonly Variable[];
  /** Options of call completion for this call: name in lower case → value. */
  readonly completion: readonly Variable[];
  readonly callerNumber: string;
  readonly callerName: string;
}
