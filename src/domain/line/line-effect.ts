import type { StationStatus, TrunkStatus } from "../dialplan/leg-event.ts";
import type { LegId, Party } from "./line.ts";

/** What the phone or the caller is told when its call is refused (R12). */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** Why a leg is released; becomes its Reason header. */
export type ReleaseReason = "completed elsewhere" | "retrieved" | "on hold" | "call ended";

/** What the world does for a line, in order. */
export type LineEffect =
  /** Calls the device. → trunkProgress, trunkAnswered, trunkFailed of this leg */
  | {
      readonly type: "dialTrunk";
      readonly leg: LegId;
      readonly device: string;
      readonly forStation: string;
      readonly forLeg: LegId;
    }
  /** Ends a dial; an answer that crosses it is hung up at once. The line has forgotten the leg. */
  | { readonly type: "cancelTrunk"; readonly leg: LegId }
  | { readonly type: "answer" | "join" | "part"; readonly leg: LegId }
  | { readonly type: "music"; readonly leg: LegId; readonly on: boolean; readonly musicClass?: string }
  /** Tells a caller who waits how far it has come. */
  | { readonly type: "ringing"; readonly leg: LegId; readonly status: 180 | 183 }
  /** Hangs a leg up. The line has forgotten it. `cause`: Q.850. */
  | { readonly type: "release"; readonly leg: LegId; readonly cause: number; readonly why: ReleaseReason }
  /** SLAStation is over for this leg: its dialplan goes on, or the `h` extension when it is `gone`. The line has forgotten it. */
  | {
      readonly type: "stationResult";
      readonly leg: LegId;
      readonly status: StationStatus;
      readonly refusal?: Refusal;
      readonly cause?: number;
      readonly gone?: boolean;
    }
  /** SLATrunk is over for this leg, likewise. */
  | {
      readonly type: "trunkResult";
      readonly leg: LegId;
      readonly status: TrunkStatus;
      readonly refusal?: Refusal;
      readonly gone?: boolean;
    }
  /** Shows a phone who it talks to (R13). */
  | { readonly type: "identify"; readonly leg: LegId; readonly party: Party }
  /** R28. */
  | {
      readonly type: "logRefusal";
      readonly trunk: string;
      readonly station: string;
      readonly leg: LegId;
      readonly refusal: Refusal;
    }
  /** Off-hook found it taken: try the next key. The line never had the leg. */
  | { readonly type: "unavailable"; readonly leg: LegId };
