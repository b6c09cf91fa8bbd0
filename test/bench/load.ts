/* What is measured of a peer too: one name and one load for both, or the ratio would say nothing. */

export const FAN_OUT = { resources: 500, watchers: 20, width: 64, warmUpMs: 1000, forMs: 8000 } as const;

/** `width`: SUBSCRIBEs in flight, enough to keep the server busy, and below what its socket holds. */
export const SUBSCRIPTIONS = { resources: 500, watchers: 100, width: 400 } as const;

/** Names of the figures that are compared. */
export const COMPARED = {
  fanOut: `fan-out, ${FAN_OUT.resources} resources × ${FAN_OUT.watchers} watchers, closed loop`,
  fanOutPerCpu: "— NOTIFYs of it per server CPU-second",
  created: "new subscriptions (200 and first NOTIFY answered)",
  refreshed: "refreshes (200 and NOTIFY answered)",
} as const;

/** Each watcher's key on each resource. */
export function keysOf(load: { readonly resources: number; readonly watchers: number }): { watcher: number; resource: number }[] {
  return Array.from({ length: load.resources * load.watchers }, (_, at) => ({
    watcher: at % load.watchers,
    resource: Math.floor(at / load.watchers),
  }));
}
