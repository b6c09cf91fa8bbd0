import { isIP } from "node:net";

/** The listener that a peer is best spoken to from; undefined: none can. `host`: what each is bound to. */
export function chooseListener<T extends { readonly host: string }>(listeners: readonly T[], peer: string): T | undefined {
  const ranked = listeners.map((listener) => ({ listener, rank: rankOf(listener.host, peer) })).filter(({ rank }) => rank > 0);
  return ranked.reduce<(typeof ranked)[number] | undefined>(
    (best, one) => (best === undefined || one.rank > best.rank ? one : best),
    undefined,
  )?.listener;
}

/** 0: not at all. An address of the peer's own kind before every address of its family, before one for both; loopback leads only to loopback. */
function rankOf(bound: string, peer: string): number {
  const families = { bound: bound === "" ? 4 : isIP(bound), peer: isIP(peer) };
  if (bound === "::") return families.peer === 6 ? 3 : 1;
  if (families.bound !== families.peer) return 0;
  if (bound === "0.0.0.0" || bound === "") return 3;
  return isLoopback(bound) === isLoopback(peer) ? 4 : isLoopback(bound) ? 0 : 2;
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}
