import type { LineRules } from "./line-rules.ts";
import { stationLegs, type Line, type UpLine } from "./line.ts";

/** What is wrong with a line; empty for every line that `advanceLine` has made. */
export function lineDefects(rules: LineRules, line: Line): readonly string[] {
  if (line.phase === "idle") return [];
  const legs = [line.trunk.leg, ...stationLegs(line).map(({ leg }) => leg)];
  const defects = new Set(legs).size === legs.length ? [] : [`${rules.name}: a leg is there twice`];
  if (line.phase === "dialling") return line.waiting.length > 0 ? defects : [...defects, `${rules.name}: dialled for nobody`];
  return line.phase === "up" ? [...defects, ...callDefects(rules, line)] : defects;
}

function callDefects({ name }: LineRules, { connected, holders }: UpLine): readonly string[] {
  const defects = connected.length + holders.length > 0 ? [] : [`${name}: a call of nobody`];
  if (new Set(holders.map(({ station }) => station)).size < holders.length) defects.push(`${name}: somebody holds twice`);
  const strange = holders.filter(({ station, kept }) => kept.some((leg) => leg.station !== station));
  return [...defects, ...strange.map(({ station }) => `${name}: ${station} keeps a call of another`)];
}
