import { mergeDialplans } from "../dialplan/merge-dialplans.ts";
import type { Indications } from "../tone/tone-zone.ts";
import { positionOf, type Diagnostic } from "./diagnostic.ts";
import type { SiteSettings } from "./settings.ts";
import { show } from "./shown.ts";
import type { Account, Hint, NativeExtension, Phone, SiteReading } from "./site.ts";

interface Named {
  readonly name: string;
  readonly origin: string;
}

/**
 * Objects of Asterisk's files and of a site.yaml beside them. What stands in Asterisk's files wins and the other is named (YAML-W03), except
 * that the YAML file may give a phone its label and model, and the site the settings that Asterisk's files leave open (design §9.23).
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
  const indications = mergeIndications(a.indications, b.indications);
  return {
    site: {
      ...(realm === undefined ? {} : { realm }),
      settings: mergeSettings(asterisk, yaml),
      trunks: join("trunk", a.trunks, b.trunks),
      stations: join("station", a.stations, b.stations),
      accounts: join("account", a.accounts, newAccounts(a.accounts, b.accounts)),
      phones: mergePhones(a.phones, b.phones),
      extensions: joinExtensions(a.extensions, b.extensions, diagnostics),
      lists: join("list", a.lists, b.lists),
      hints: joinHints(a.hints, b.hints, diagnostics),
      dialplan: mergeDialplans(a.dialplan, b.dialplan),
      ...(indications === undefined ? {} : { indications }),
    },
    diagnostics,
    devicePlaces: new Map([...(asterisk.devicePlaces ?? []), ...(yaml.devicePlaces ?? [])]),
    leftOut: [...(asterisk.leftOut ?? []), ...(yaml.leftOut ?? [])],
    ...(reason === undefined ? {} : { unusable: reason }),
  };
}

/** What is written in Asterisk's files, then what site.yaml says, then the default (design §9.23, §9.24). */
function mergeSettings(asterisk: SiteReading, yaml: SiteReading): SiteSettings {
  const [a, b] = [asterisk.site.settings, yaml.site.settings];
  const [first, second] = [asterisk.attemptCallerId, yaml.attemptCallerId];
  return {
    ...b,
    attemptCallerId: first?.written ?? second?.written ?? first?.fallback ?? second?.fallback ?? a.attemptCallerId,
    dahdi: [...a.dahdi, ...b.dahdi],
    featureCodes: { ...b.featureCodes, ...a.featureCodes },
    cc: { ...b.cc, ...a.cc, deviceStates: { ...b.cc.deviceStates, ...a.cc.deviceStates } },
  };
}

/** Zones of both; the country of indications.conf, when there is one. */
function mergeIndications(first: Indications | undefined, second: Indications | undefined): Indications | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const names = new Set(first.zones.map(({ name }) => name));
  return { country: first.country, zones: [...first.zones, ...second.zones.filter(({ name }) => !names.has(name))] };
}

/** Every phone of a site.yaml has an account; where sip.conf has it too and nothing is written of it in the YAML file, there is nothing to say. */
function newAccounts(known: readonly Account[], added: readonly Account[]): readonly Account[] {
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  // Name, the two contexts, origin.
  const isBare = (account: Account): boolean => Object.keys(account).length === 4;
  return added.filter((account) => !names.has(account.name.toLowerCase()) || !isBare(account));
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

function joinExtensions(
  first: readonly NativeExtension[],
  second: readonly NativeExtension[],
  diagnostics: Diagnostic[],
): readonly NativeExtension[] {
  const nameOf = ({ number, context }: NativeExtension): string => `${number}@${context}`;
  const names = new Set(first.map(nameOf));
  const isTaken = (extension: NativeExtension): boolean => names.has(nameOf(extension));
  for (const extension of second.filter(isTaken)) diagnostics.push(twice(`extension ${nameOf(extension)}`, extension.origin));
  return [...first, ...second.filter((extension) => !isTaken(extension))];
}

function twice(what: string, origin: string): Diagnostic {
  const message = `${show(what)} is also in Asterisk's files, which win: write it in one place`;
  return { ...positionOf(origin), code: "YAML-W03", message };
}
