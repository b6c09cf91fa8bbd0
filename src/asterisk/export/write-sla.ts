import type { Site, Station, StationKey, Trunk } from "#domain/site/site";
import { ConfWriter, type ConfLines } from "./conf-writer.ts";

/** `sla.conf` of a site. */
export function writeSla({ settings, trunks, stations }: Site, header: string): string {
  const writer = new ConfWriter(header);
  writer.section("general", [["attemptcallerid", settings.attemptCallerId ? "yes" : "no"]]);
  for (const trunk of trunks) writer.section(trunk.name, trunkLines(trunk));
  for (const station of stations) writer.section(station.name, stationLines(station));
  return writer.toString();
}

function trunkLines({ device, autocontext, ringtimeout, barge, hold }: Trunk): ConfLines {
  return [
    ["type", "trunk"],
    ["device", device],
    ["autocontext", autocontext],
    ["ringtimeout", unlessZero(ringtimeout)],
    ["barge", barge ? undefined : "no"],
    ["hold", hold === "open" ? undefined : hold],
  ];
}

function stationLines({ device, keys, autocontext, ringdelay, ringtimeout, hold }: Station): ConfLines {
  return [
    ["type", "station"],
    ["device", device],
    ...keys.map((key) => ["trunk", keyText(key)] as const),
    ["autocontext", autocontext],
    ["ringdelay", unlessZero(ringdelay)],
    ["ringtimeout", unlessZero(ringtimeout)],
    ["hold", hold === "open" ? undefined : hold],
  ];
}

/** Without blanks: Asterisk takes them for letters (R3). */
function keyText({ trunk, ringdelay, ringtimeout }: StationKey): string {
  return [trunk, ...modifier("ringdelay", ringdelay), ...modifier("ringtimeout", ringtimeout)].join(",");
}

function modifier(name: string, seconds: number): string[] {
  return seconds === 0 ? [] : [`${name}=${seconds}`];
}

function unlessZero(seconds: number): number | undefined {
  return seconds === 0 ? undefined : seconds;
}
