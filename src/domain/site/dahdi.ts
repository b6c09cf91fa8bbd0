import { positionOf, type Diagnostic, type Origin, type Position } from "./diagnostic.ts";
import { didYouMean } from "./nearest.ts";
import { show } from "./shown.ts";
import type { Site } from "./site.ts";

/** Channel or group of a DAHDI device as the site's table writes it (R4): "1" of DAHDI/1, "g1" of Zap/G1/5551212; undefined: another technology. */
export function dahdiChannel(device: string): string | undefined {
  const channel = /^(?:dahdi|zap)\/([^/]*)/i.exec(device)?.[1];
  return channel?.trim().toLowerCase().replace(/^r/, "g");
}

/** Devices of DAHDI that stand for nothing here (SLA-I32), once where a template says it, and channels mapped to no account (YAML-W07). */
export function checkDahdi(site: Site, places: ReadonlyMap<Origin, Position>): Diagnostic[] {
  const { trunks, stations, settings } = site;
  const mapped = new Set(settings.dahdi.map(({ channel }) => channel));
  const said = new Set<string>();
  const unmapped = [...trunks, ...stations].flatMap(({ device, origin }) => {
    const channel = dahdiChannel(device);
    if (channel === undefined || mapped.has(channel)) return [];
    const at = places.get(origin) ?? positionOf(origin);
    const key = `${at.file}:${at.line} ${device}`;
    if (said.has(key)) return [];
    said.add(key);
    const table = `dahdi: { ${/^g?\d+$/.test(channel) ? channel : "1"}: { account: NAME } } in site.yaml`;
    const message = `device ${show(device)} is not in this machine and cannot be dialled, lamps and inbound calls work: write ${table}, with the account of a SIP gateway`;
    return [{ ...at, code: "SLA-I32", message }];
  });
  return [...unmapped, ...unknownAccounts(site)];
}

function unknownAccounts({ settings, accounts }: Site): Diagnostic[] {
  const names = accounts.map(({ name }) => name);
  const known = new Set(names.map((name) => name.toLowerCase()));
  return settings.dahdi
    .filter(({ account }) => !known.has(account.toLowerCase()))
    .map(({ channel, account, origin }) => {
      const advice = `${didYouMean(account, names)}: write the name of an account, or add it`;
      const message = `dahdi ${show(channel)} is mapped to ${show(account)}, which is no account${advice}`;
      return { ...positionOf(origin), code: "YAML-W07", message };
    });
}
