import { accountOfDevice, keyLabel } from "./key-label.ts";
import type { Phone, PhoneKey, Site, Station } from "./site.ts";

/** Keys of a phone in the order of the station sections, then of their trunk lines (design §9.18). */
export function phoneKeys(site: Site, phone: Phone): readonly PhoneKey[] {
  return site.stations
    .filter((station) => belongsTo(station, phone))
    .flatMap((station) =>
      station.keys.map((key) => ({
        address: `${station.name}_${key.trunk}`,
        label: keyLabel(station, key),
        station: station.name,
        trunk: key.trunk,
      })),
    );
}

/** A station belongs to the phone that has the account named in its device; `phone` only overrides. */
function belongsTo(station: Station, phone: Phone): boolean {
  if (station.phone !== undefined) return station.phone === phone.mac;
  const account = accountOfDevice(station.device).toLowerCase();
  return phone.accounts.some((name) => name.toLowerCase() === account);
}
