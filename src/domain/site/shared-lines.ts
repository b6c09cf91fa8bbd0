import { accountOfDevice } from "./key-label.ts";
import { phoneKeys } from "./phone-keys.ts";
import type { Account, Site, Station } from "./site.ts";

/** A line that several phones show. */
export interface SharedLine {
  /** Devices that its lamps show. */
  readonly devices: readonly string[];
  /** Calls that it has room for, each with a number of its own. */
  readonly appearances: number;
  /** Only who held a call may take it back. */
  readonly holdsPrivately: boolean;
}

/** A key of a line: who may take the line with it. */
export interface LineKey {
  readonly trunk: string;
  /** Accounts of the phone that has the key, in lower case. */
  readonly accounts: readonly string[];
}

/** More cannot be shown, nor told in one datagram. */
export const APPEARANCES_MAX = 10;

/** The trunks of a site and their keys, made once per reading. */
export class SharedLines {
  readonly #trunks = new Map<string, SharedLine>();
  readonly #keys = new Map<string, LineKey>();
  readonly #names = new Map<string, string[]>();

  constructor(site: Pick<Site, "trunks" | "stations" | "phones" | "hints">) {
    const ofPhones = accountsByKey(site);
    const devices = new Map<string, string[]>();
    for (const station of site.stations)
      for (const { trunk } of station.keys) {
        const address = `${station.name}_${trunk}`;
        const device = `SLA:${address}`;
        this.#keys.set(device, { trunk, accounts: ofPhones.get(address) ?? ownAccount(station) });
        push(devices, trunk, device);
        push(this.#names, trunk, address);
      }
    for (const { extension, devices: shown } of site.hints) {
      const key = this.keyOf(shown);
      if (key !== undefined) push(this.#names, key.trunk, extension);
    }
    for (const { name, hold, appearances = 1 } of site.trunks)
      this.#trunks.set(name, { devices: devices.get(name) ?? [], appearances, holdsPrivately: hold === "private" });
  }

  /** A trunk: one line for all stations that have a key of it. */
  trunk(name: string): SharedLine | undefined {
    return this.#trunks.get(name);
  }

  /** The key that one of these devices stands for. */
  keyOf(devices: readonly string[]): LineKey | undefined {
    for (const device of devices) {
      const key = this.#keys.get(device);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  /** Extensions that may stand for a key of a trunk, here or there. */
  namesOf(trunk: string): readonly string[] {
    return this.#names.get(trunk) ?? [];
  }
}

/** An account that several phones register with is a line of as many appearances as it may have calls. */
export function lineOfAccount({ callLimit = 1 }: Account, devices: readonly string[]): SharedLine {
  return { devices, appearances: Math.min(Math.max(1, callLimit), APPEARANCES_MAX), holdsPrivately: false };
}

/** Accounts of the phones that have a key, by its address; in lower case, as devices name them in any. */
function accountsByKey(site: Pick<Site, "stations" | "phones">): ReadonlyMap<string, readonly string[]> {
  const accounts = new Map<string, string[]>();
  for (const phone of site.phones)
    for (const { address } of phoneKeys(site, phone))
      for (const name of phone.accounts) push(accounts, address, name.toLowerCase());
  return accounts;
}

/** Of a station without a phone: the account that its device names. */
function ownAccount({ phone, device }: Station): readonly string[] {
  const account = accountOfDevice(device)?.toLowerCase();
  return account === undefined || phone !== undefined ? [] : [account];
}

function push(map: Map<string, string[]>, name: string, value: string): void {
  const known = map.get(name);
  if (known === undefined) map.set(name, [value]);
  else known.push(value);
}
