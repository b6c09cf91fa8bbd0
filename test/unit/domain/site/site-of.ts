import { EMPTY_SITE, type Account, type Phone, type Site, type Station } from "#domain/site/site";
import type { Dialplan } from "#domain/dialplan/dialplan";

/** A site with these parts, for tests. */
export function siteOf(parts: Partial<Site>): Site {
  return { ...EMPTY_SITE, ...parts };
}

/** A station with one key a trunk. */
export function stationOf(name: string, device: string, ...trunks: string[]): Station {
  const keys = trunks.map((trunk) => ({ trunk, ringdelay: 0, ringtimeout: 0 }));
  return { name, device, keys, ringdelay: 0, ringtimeout: 0, hold: "open", origin: "sla.conf:1" };
}

/** An account with a secret. */
export function accountOf(name: string, origin = "sip.conf:1"): Account {
  return { name, secret: "s", context: "default", subscribeContext: "default", origin };
}

/** A phone with these accounts. */
export function phoneOf(mac: string, ...accounts: string[]): Phone {
  return { mac, vendor: "polycom", model: "generic", label: mac, accounts, origin: "sip.conf:1" };
}

/** A dialplan of contexts that include each other and hold nothing else. */
export function includesOf(includes: Readonly<Record<string, readonly string[]>>): Dialplan {
  const contexts = Object.entries(includes).map(([name, included]) => ({
    name,
    extensions: [],
    includes: included.map((context) => ({ context, origin: "extensions.conf:1" })),
    ignorePatterns: [],
  }));
  return { contexts, globals: [] };
}
