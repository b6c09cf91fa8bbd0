import { networkInterfaces } from "node:os";
import { HOSTS_MAX } from "./nodes/node-record.ts";

/** How long the list of local addresses is taken for true, ms: interfaces come and go, requests come all the time. */
const ADDRESSES_FRESH_MS = 10_000;

/**
 * Is a host of a URI one of ours (design §9.12)? --domain, --advertise, a local address, a loopback name, or what another node of the same
 * store calls its own. Any port.
 */
export function ownHosts(
  names: readonly (string | undefined)[],
  now: () => number,
  isOfOtherNode: (host: string) => boolean,
): (host: string) => boolean {
  const fixed = new Set(["localhost", ...named(names)]);
  let local = new Set<string>();
  let readAt = -Infinity;
  return (host) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, "");
    if (fixed.has(name)) return true;
    if (now() - readAt > ADDRESSES_FRESH_MS) {
      local = new Set(localAddresses(() => true));
      readAt = now();
    }
    return local.has(name) || isOfOtherNode(name);
  };
}

/** What other nodes are to take for ours: names, and the addresses that lead outside. */
export function hostsForOthers(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set([...named(names), ...localAddresses(({ internal }) => !internal)])].slice(0, HOSTS_MAX);
}

function named(names: readonly (string | undefined)[]): readonly string[] {
  return names.flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]));
}

function localAddresses(isWanted: (address: { readonly internal: boolean }) => boolean): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(isWanted).map(({ address }) => address.toLowerCase());
}
