import { mergeDialplans } from "../dialplan/merge-dialplans.ts";
import { positionOf, type Diagnostic } from "./diagnostic.ts";
import { show } from "./shown.ts";
import type { Account, Hint, Phone, SiteReading } from "./site.ts";

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
  const join = <T extends Named>(kind: string, first: readonly T[], second: readonly T[]): readonly T[] => {
    const names = new Set(first.map(({ name }) => name.toLowerCase()));
    const isTaken = ({ name }: T): boolean => names.has(name.toLowerCase());
    for (const { name, origin } of second.filter(isTaken)) diagnostics.push(twice(`${kind} ${name}`, origin));
    return [...first, ...second.filter((item) => !isTaken(item))];
  };
  const realm = a.realm ?? b.realm;
  const reason = asterisk.unusable ?? yaml.unusable;
  return {
    site: {
      ...(realm === undefined ? {} : { realm }),
      settings: a.settings,
      trunks: join("trunk", a.trunks, b.trunks),
      stations: join("station", a.stations, b.stations),
      accounts: join("account", a.accounts, newAccounts(a.accounts, b.accounts)),
      phones: mergePhones(a.phones, b.phones),
      extensions: [...a.extensions, ...b.extensions],
      hints: joinHints(a.hints, b.hints, diagnostics),
      dialplan: mergeDialplans(a.dialplan, b.dialplan),
    },
    diagnostics,
    leftOut: [...(asterisk.leftOut ?? []), ...(yaml.leftOut ?? [])],
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

/** Extensions and contexts are told apart by case, names are not. */
function joinHints(first: readonly Hint[], second: readonly Hint[], diagnostics: Diagnostic[]): readonly Hint[] {
  const nameOf = ({ extension, context }: Hint): string => `${extension}@${context}`;
  const names = new Set(first.map(nameOf));
  const isTaken = (hint: Hint): boolean => names.has(nameOf(hint));
  for (const hint of second.filter(isTaken)) diagnostics.push(twice(`hint ${nameOf(hint)}`, hint.origin));
  return [...first, ...second.filter((hint) => !isTaken(hint))];
}

function twice(what: string, origin: string): Diagnostic {
  const message = `${show(what)} is also in Asterisk's files, which win: write it in one place`;
  return { ...positionOf(origin), code: "YAML-W03", message };
}
