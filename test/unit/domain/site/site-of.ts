import type { Account, Phone, Site, Station } from "#domain/site/site";

/** A site with these parts, for tests. */
export function siteOf(parts: Partial<Site>): Site {
  return { trunks: [], stations: [], accounts: [], phones: [], hints: [], includes: {}, ...parts };
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
