import { positionOf, type Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Station } from "#domain/site/site";

/** Two stations with different trunks on one device (SLA-I33, design §9.19); once a device. */
export function sharedDevices(stations: readonly Station[]): Diagnostic[] {
  const firsts = new Map<string, Station>();
  const said = new Set<string>();
  return stations.flatMap((station) => {
    const device = station.device.toLowerCase();
    const first = firsts.get(device);
    firsts.set(device, first ?? station);
    if (first === undefined || said.has(device) || trunksOf(first) === trunksOf(station)) return [];
    said.add(device);
    const message = `stations ${show(first.name)} and ${show(station.name)} are one phone, ${show(station.device)}: both may ring at once`;
    return [{ ...positionOf(station.origin), code: "SLA-I33", message }];
  });
}

function trunksOf({ keys }: Station): string {
  return keys
    .map(({ trunk }) => trunk)
    .sort()
    .join("\n");
}
