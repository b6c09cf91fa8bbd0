import { networkInterfaces } from "node:os";

/** How long the list of local addresses is taken for true, ms: interfaces come and go, requests come all the time. */
const ADDRESSES_FRESH_MS = 10_000;

/** Is a host of a URI one of ours (design §9.12)? --domain, --advertise, a local address, or a loopback name. Any port. */
export function ownHosts(names: readonly (string | undefined)[], now: () => number): (host: string) => boolean {
  const fixed = new Set(["localhost"]);
  for (const name of names) if (name !== undefined) fixed.add(name.toLowerCase());
  let local = new Set<string>();
  let readAt = -Infinity;
  return (host) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, "");
    if (fixed.has(name)) return true;
    if (now() - readAt > ADDRESSES_FRESH_MS) {
      local = new Set(Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)));
      readAt = now();
    }
    return local.has(name);
  };
}
