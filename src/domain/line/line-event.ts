import type { LegId, Party } from "./line.ts";

/** A phone asks for the line. `newLeg`: name for the trunk's leg, should one be dialled. */
interface StationAsks {
  readonly station: string;
  readonly leg: LegId;
  readonly node: string;
  readonly newLeg: LegId;
}

/** Everything that moves a line. A leg that the line does not have moves nothing: late and double ones are harmless. */
export type LineEvent = { readonly at: number } &
  /** Off-hook (OP1), of the line that `firstIdle` names. */
  (
    | ({ readonly type: "offHook" } & StationAsks)
    /** The line key (OP2). `isOwnDevice`: the caller is the station's phone, or may be any (R21). */
    | ({ readonly type: "press"; readonly isOwnDevice: boolean } & StationAsks)
    /** SLATrunk (OP5). */
    | {
        readonly type: "incoming";
        readonly leg: LegId;
        readonly node: string;
        readonly party?: Party;
        readonly musicClass?: string;
      }
    | { readonly type: "trunkProgress"; readonly leg: LegId; readonly status: "trying" | "ringing" }
    | { readonly type: "trunkAnswered"; readonly leg: LegId; readonly party?: Party }
    | { readonly type: "trunkFailed"; readonly leg: LegId; readonly sipStatus?: number; readonly cause?: number }
    /** A phone that was rung answers (OP6). `shown`: the caller that it displays. */
    | {
        readonly type: "stationAnswered";
        readonly station: string;
        readonly leg: LegId;
        readonly node: string;
        readonly shown?: Party;
      }
    /** A phone that was rung does not answer (R19). */
    | { readonly type: "ringFailed"; readonly station: string; readonly why: "declined" | "busy" | "unreachable" | "noAnswer" }
    /** A phone holds its call (OP8). */
    | { readonly type: "held"; readonly leg: LegId }
    /** It takes a kept one back with an un-hold (R25). */
    | { readonly type: "resumed"; readonly leg: LegId }
    /** A leg is gone. `lost`: nobody hung up, so a hold that it belonged to stays. `cause`: Q.850, of a far end that had more to say than goodbye. */
    | { readonly type: "left"; readonly leg: LegId; readonly why?: "hangup" | "lost"; readonly cause?: number }
    /** The far end is somebody else now (R13). */
    | { readonly type: "identity"; readonly party: Party }
    | { readonly type: "timePassed" }
    /** With all of its legs. */
    | { readonly type: "nodeLost"; readonly node: string }
  );
