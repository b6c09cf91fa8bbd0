import { positionOf, type Diagnostic } from "./diagnostic.ts";
import { show } from "./shown.ts";
import type { Account, Phone, Site, SiteReading } from "./site.ts";

/** A site without anything in it. */
export const EMPTY_SITE: Site = { trunks: [], stations: [], accounts: [], phones: [], hints: [], includes: {} };

interface Named {
  readonly name: string;
  readonly origin: string;
}

/**
 * Objects of Asterisk's files and of a site.yaml beside them. What stands in Asterisk's files wins and the other is named (YAML-W03), except
 * that the YAML file may give a phone its label and model, which Asterisk's files cannot.
 */
export function mergeSites(asterisk: SiteReading, yaml: SiteReading): SiteReading {
  const [a, b] = [asterisk.site, yaml.site];
  const diagnostics: Diagnostic[] = [...asterisk.diagnostics, ...yaml.diagnostics];
  const join = <T>(kind: string, first: readonly T[], second: readonly T[], named: (item: T) => Named): readonly T[] => {
    const names = new Set(first.map((item) => named(item).name));
    const isTaken = (item: T): boolean => names.has(named(item).name);
    diagnostics.push(...second.filter(isTaken).map((item) => twice(kind, named(item))));
    return [...first, ...second.filter((item) => !isTaken(item))];
  };
  const byName = ({ name, origin }: Named): Named => ({ name: name.toLowerCase(), origin });
  const realm = a.realm ?? b.realm;
  const reason = asterisk.unusable ?? yaml.unusable;
  return {
    site: {
      ...(realm === undefined ? {} : { realm }),
      trunks: join("trunk", a.trunks, b.trunks, byName),
      stations: join("station", a.stations, b.stations, byName),
      accounts: join("account", a.accounts, newAccounts(a.accounts, b.accounts), byName),
      phones: mergePhones(a.phones, b.phones),
      hints: join("hint", a.hints, b.hints, ({ extension, context, origin }) => ({ name: `${extension}@${context}`, origin })),
      includes: { ...b.includes, ...a.includes },
    },
    diagnostics,
    ...(reason === undefined ? {} : { unusable: reason }),
  };
}

/** Every phone of a site.yaml has an account; where sip.conf has it too and nothing is written of it in the YAML file, there is nothing to say. */
function newAccounts(known: readonly Account[], added: readonly Account[]): readonly Account[] {
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  return added.filter(
    ({ name, secret, callerid }) => !names.has(name.toLowerCase()) || secret !== undefined || callerid !== undefined,
  );
}

/** The phone as the YAML file describes it, with the account as sip.conf spells it. */
function mergePhones(known: readonly Phone[], described: readonly Phone[]): readonly Phone[] {
  const byMac = new Map(known.map((phone) => [phone.mac, phone]));
  for (const phone of described) byMac.set(phone.mac, { ...phone, accounts: byMac.get(phone.mac)?.accounts ?? phone.accounts });
  return [...byMac.values()];
}

function twice(kind: string, { name, origin }: Named): Diagnostic {
  const message = `${kind} ${show(name)} is also in Asterisk's files, which win: write it in one place`;
  return { ...positionOf(origin), code: "YAML-W03", message };
}
