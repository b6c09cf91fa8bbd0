import { accountOfDevice, keyLabel } from "./key-label.ts";
import type { Phone, PhoneKey, Site, Station } from "./site.ts";

type Stations = Site["stations"];

/** Stations by what ties them to a phone, each with its place in the file; made once per site, which is never changed. */
interface Belonging {
  readonly byPhone: ReadonlyMap<string, readonly number[]>;
  readonly byAccount: ReadonlyMap<string, readonly number[]>;
}

const belongings = new WeakMap<Stations, Belonging>();

/** Keys of a phone in the order of the station sections, then of their trunk lines (design §9.18). */
export function phoneKeys(site: Pick<Site, "stations">, phone: Phone): readonly PhoneKey[] {
  const { byPhone, byAccount } = belongingOf(site.stations);
  const accounts = new Set(phone.accounts.map((name) => name.toLowerCase()));
  const places = [...(byPhone.get(phone.mac) ?? []), ...[...accounts].flatMap((name) => byAccount.get(name) ?? [])];
  return places
    .sort((a, b) => a - b)
    .flatMap((place) => site.stations[place] ?? [])
    .flatMap(keysOf);
}

function keysOf(station: Station): PhoneKey[] {
  return station.keys.map((key) => ({
    address: `${station.name}_${key.trunk}`,
    label: keyLabel(station, key),
    station: station.name,
    trunk: key.trunk,
  }));
}

function belongingOf(stations: Stations): Belonging {
  const known = belongings.get(stations);
  if (known !== undefined) return known;
  const byPhone = new Map<string, number[]>();
  const byAccount = new Map<string, number[]>();
  for (const [place, station] of stations.entries()) addStation(station, place, byPhone, byAccount);
  const belonging = { byPhone, byAccount };
  belongings.set(stations, belonging);
  return belonging;
}

/** A station belongs to the phone that has the account named in its device; `phone` only overrides. */
function addStation(station: Station, place: number, byPhone: Map<string, number[]>, byAccount: Map<string, number[]>): void {
  const account = accountOfDevice(station.device);
  if (station.phone !== undefined) add(byPhone, station.phone, place);
  else if (account !== undefined) add(byAccount, account.toLowerCase(), place);
}

function add(places: Map<string, number[]>, name: string, place: number): void {
  const list = places.get(name);
  if (list === undefined) places.set(name, [place]);
  else list.push(place);
}
