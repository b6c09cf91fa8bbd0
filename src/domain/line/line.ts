/** A name that whoever makes a leg gives it; no two legs ever have the same. */
export type LegId = string;

/** Who is at the far end of a trunk. */
export interface Party {
  readonly number: string;
  readonly name?: string;
}

/** The call that the outside has on a line. */
export interface TrunkLeg {
  readonly leg: LegId;
  /** The node that has it. */
  readonly node: string;
  readonly direction: "in" | "out";
  readonly party?: Party;
  /** Hold music instead of ringing while nobody answers, "" = the default class (SLATrunk, option M). */
  readonly musicClass?: string;
}

/** A call that a phone has on a line. */
export interface StationLeg {
  readonly station: string;
  readonly leg: LegId;
  readonly node: string;
  readonly since: number;
  /** The phone called: SLAStation runs and waits for a result. Without: we rang the phone. */
  readonly runsDialplan: boolean;
}

/** A station that holds the call. A set, never a counter (R16). */
export interface Holder {
  readonly station: string;
  /** As station and trunk were when it began: only he may take it back. */
  readonly isPrivate: boolean;
  readonly since: number;
  /** Its calls that stay up, silent, while it holds (R25); none in mode `release`. */
  readonly kept: readonly StationLeg[];
}

/** A station that is not rung any more for this call (R19, R20). */
export interface DoneRinging {
  readonly station: string;
  readonly why: "declined" | "busy" | "noAnswer";
}

/** Nobody is on it. */
export interface IdleLine {
  readonly phase: "idle";
  readonly since: number;
}

/** A station has taken it, and its trunk is being dialled: one owner of the seize (R15). */
export interface DiallingLine {
  readonly phase: "dialling";
  readonly since: number;
  readonly trunk: TrunkLeg;
  readonly progress?: "trying" | "ringing";
  /** First = the one who took it. None of them is answered; never empty. */
  readonly waiting: readonly StationLeg[];
}

/** Somebody calls, and nobody has answered. */
export interface RingingLine {
  readonly phase: "ringing";
  readonly since: number;
  readonly trunk: TrunkLeg;
  readonly done: readonly DoneRinging[];
}

/** A call: somebody is connected or holds it. */
export interface UpLine {
  readonly phase: "up";
  readonly since: number;
  readonly trunk: TrunkLeg;
  readonly connected: readonly StationLeg[];
  readonly holders: readonly Holder[];
}

/** What is on a trunk (sla.md §3). Plain JSON. Times are epoch milliseconds. */
export type Line = IdleLine | DiallingLine | RingingLine | UpLine;

/** A line on which there was never a call. */
export const IDLE_LINE: IdleLine = { phase: "idle", since: 0 };

/** Every call of a phone that the line has, those kept while it holds included. */
export function stationLegs(line: Line): readonly StationLeg[] {
  if (line.phase === "dialling") return line.waiting;
  return line.phase === "up" ? [...line.connected, ...line.holders.flatMap(({ kept }) => kept)] : [];
}

/** All legs of the line: the trunk's, and those of phones. */
export function lineLegs(line: Line): readonly LegId[] {
  return line.phase === "idle" ? [] : [line.trunk.leg, ...stationLegs(line).map(({ leg }) => leg)];
}

/** Is this leg on the line? */
export function hasLeg(line: Line, leg: LegId): boolean {
  return lineLegs(line).includes(leg);
}

/** Of the lines of a station's keys, in key order: the first that off-hook takes (OP1). Held ones are none of them. */
export function firstIdle(keys: readonly { readonly trunk: string }[], lineOf: (trunk: string) => Line): string | undefined {
  return keys.find(({ trunk }) => lineOf(trunk).phase === "idle")?.trunk;
}
