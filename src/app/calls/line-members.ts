import type { Station } from "#domain/site/site";
import type { StationStatus, TrunkStatus } from "#domain/dialplan/leg-event";
import type { Party, Voice } from "./party.ts";

/** A leg of a line on this node: whose voice it is, and who waits for its end. */
export interface LineMember {
  readonly trunk: string;
  readonly voice: Voice;
  /** Of one who called us, until it is answered. */
  readonly party?: Party;
  /** SLAStation or SLATrunk that waits. */
  readonly done?: (result: {
    readonly status: StationStatus | TrunkStatus;
    readonly cause?: number;
    readonly gone?: boolean;
  }) => void;
  /** A trunk that runs our own dialplan hears the digits of the stations. */
  readonly digit?: (digit: string) => void;
  /** Off-hook found the line taken: the next one. */
  readonly again?: () => void;
}

/** What the argument of SLAStation means: a station, or one of its keys (R7: the longest name that fits). */
export function stationOfArgument(
  stations: readonly Station[],
  argument: string,
): { readonly station: Station; readonly trunk?: string } | undefined {
  const whole = stations.find(({ name }) => name === argument);
  if (whole !== undefined) return { station: whole };
  const fitting = stations
    .filter(({ name }) => argument.startsWith(`${name}_`))
    .sort((left, right) => right.name.length - left.name.length);
  for (const station of fitting) {
    const trunk = argument.slice(station.name.length + 1);
    if (station.keys.some((key) => key.trunk === trunk)) return { station, trunk };
  }
  const [first] = fitting;
  return first === undefined ? undefined : { station: first, trunk: argument.slice(first.name.length + 1) };
}
