import type { Station, StationKey } from "./site.ts";

/** Account in a device string: "SIP/0000FFFF0005" gives "0000FFFF0005". */
export function accountOfDevice(device: string): string {
  const slash = device.indexOf("/");
  return device.slice(slash + 1);
}

/**
 * What a key shows when no label is written (design §9.18): the station's name without a trailing "-<account>", when that leaves something
 * ("L1-0000FFFF0005" gives "L1"); else the trunk's name, "lineN" written "Line N".
 */
export function keyLabel(station: Station, key: StationKey): string {
  if (key.label !== undefined) return key.label;
  const suffix = `-${accountOfDevice(station.device)}`;
  if (station.name.length > suffix.length && station.name.toLowerCase().endsWith(suffix.toLowerCase()))
    return station.name.slice(0, -suffix.length);
  const numbered = /^line(\d+)$/i.exec(key.trunk);
  return numbered === null ? key.trunk : `Line ${numbered[1] ?? ""}`;
}
