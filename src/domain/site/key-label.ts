import type { Station, StationKey } from "./site.ts";

/**
 * Account in a device string (sla.md §2.6): "SIP/0000FFFF0005", "SIP/100@0000FFFF0005" and "SIP/0000FFFF0005/100" name the same; devices of
 * other technologies name none.
 */
export function accountOfDevice(device: string): string | undefined {
  const resource = /^(?:sip|pjsip)\/(.+)$/i.exec(device)?.[1];
  if (resource === undefined) return undefined;
  const [account] = resource.slice(resource.indexOf("@") + 1).split("/");
  return account === "" ? undefined : account;
}

/**
 * What a key shows when no label is written (design §9.18): the station's name without a trailing "-<account>", when that leaves something
 * ("L1-0000FFFF0005" gives "L1"); else the trunk's name, "lineN" written "Line N".
 */
export function keyLabel(station: Station, key: StationKey): string {
  if (key.label !== undefined) return key.label;
  const suffix = `-${accountOfDevice(station.device) ?? ""}`;
  const isNamedAfterAccount = suffix !== "-" && station.name.toLowerCase().endsWith(suffix.toLowerCase());
  if (isNamedAfterAccount && station.name.length > suffix.length) return station.name.slice(0, -suffix.length);
  const number = /^line(\d+)$/i.exec(key.trunk)?.[1];
  return number === undefined ? key.trunk : `Line ${number}`;
}
