import type { Diagnostic } from "#domain/site/diagnostic";
import { derivedPhones } from "#domain/site/derived-phones";
import type { DialplanContext } from "#domain/dialplan/dialplan";
import { DEFAULT_SETTINGS } from "#domain/site/settings";
import { EMPTY_SITE, type Hint, type Site, type SiteReading, type Station } from "#domain/site/site";
import { checkContexts } from "./check-contexts.ts";
import { originOf, type ConfFile } from "./conf-value.ts";
import { joinAccounts, joinPhones } from "./join-accounts.ts";
import { parseConf } from "./parse-conf.ts";
import { readExtensions, type ExtensionsReading } from "./read-extensions.ts";
import { readCcss } from "./read-ccss.ts";
import { readIndications } from "./read-indications.ts";
import { readPjsip } from "./read-pjsip.ts";
import { readSip, sipDefaults } from "./read-sip.ts";
import { readSla } from "./read-sla.ts";
import { readUsers } from "./read-users.ts";
import { sharedDevices } from "./shared-devices.ts";

/** Files that make a site, and those that say more of it. */
export const SITE_FILES = ["sla.conf", "sip.conf", "extensions.conf"] as const;
export const OTHER_FILES = ["users.conf", "pjsip.conf", "pjsip_wizard.conf", "ccss.conf", "indications.conf"] as const;

export type AsteriskFile = (typeof SITE_FILES)[number] | (typeof OTHER_FILES)[number];

/** Texts of the files that are there, by name. */
export type SiteTexts = Readonly<Partial<Record<AsteriskFile, string>>>;

/** Reads a folder of Asterisk's files into a site. A file rejected as a whole makes the site unusable; a bad object is left out (R9). */
export function readAsteriskSite(texts: SiteTexts): SiteReading {
  const diagnostics: Diagnostic[] = [];
  const rejected: string[] = [];
  const parse = (file: AsteriskFile): ConfFile => {
    const reading = parseConf(texts[file] ?? "", file);
    diagnostics.push(...reading.diagnostics);
    if (reading.rejected) rejected.push(file);
    return reading.conf;
  };
  const sla = readSla(parse("sla.conf"));
  const sipConf = parse("sip.conf");
  const sip = readSip(sipConf);
  const pjsip = readPjsip(parse("pjsip.conf"), parse("pjsip_wizard.conf"));
  const users = readUsers(parse("users.conf"), sipDefaults(sipConf));
  const extensions = readExtensions(parse("extensions.conf"));
  const ccss = readCcss(parse("ccss.conf"));
  const tones = readIndications(parse("indications.conf"));
  const { accounts, diagnostics: ofAccounts } = joinAccounts([sip.accounts, pjsip.accounts, users.accounts]);
  const { phones, diagnostics: ofPhones } = derivedPhones(accounts);
  const realm = sip.realm ?? pjsip.realm;
  const objects = [...sla.trunks, ...sla.stations];
  const ofContexts = rejected.length > 0 ? [] : checkContexts(objects, extensions.includes, extensions.contexts);
  const site: Site = {
    ...EMPTY_SITE,
    ...(realm === undefined ? {} : { realm }),
    settings: { ...DEFAULT_SETTINGS, cc: ccss.cc },
    trunks: sla.trunks,
    stations: sla.stations,
    accounts,
    phones: joinPhones(phones, [...users.phones, ...pjsip.phones]),
    extensions: [...pjsip.extensions, ...users.extensions],
    hints: withAutocontexts(extensions.hints, sla.stations),
    dialplan: { contexts: contextsOf(extensions), globals: [] },
    ...(texts["indications.conf"] === undefined ? {} : { indications: tones.indications }),
  };
  const [first] = rejected;
  return {
    site,
    diagnostics: [
      diagnostics,
      sla.diagnostics,
      sip.diagnostics,
      pjsip.diagnostics,
      users.diagnostics,
      ofAccounts,
      ccss.diagnostics,
      tones.diagnostics,
      extensions.diagnostics,
      ofPhones,
      ofContexts,
      sharedDevices(sla.stations),
    ].flat(),
    ...(first === undefined ? {} : { unusable: `${first} is rejected as a whole: see its CONF-E01` }),
  };
}

/** What `autocontext` of a station creates (sla.md §2.7); what stands there by hand is never replaced. */
function withAutocontexts(written: readonly Hint[], stations: readonly Station[]): readonly Hint[] {
  const hints = new Map(written.map((hint) => [keyOf(hint), hint]));
  for (const { name, autocontext, keys, origin } of stations) {
    if (autocontext === undefined) continue;
    for (const { trunk } of keys) {
      const extension = `${name}_${trunk}`;
      const hint: Hint = { extension, context: autocontext, devices: [`SLA:${extension}`], origin };
      if (!hints.has(keyOf(hint))) hints.set(keyOf(hint), hint);
    }
  }
  return [...hints.values()];
}

function keyOf({ context, extension }: Hint): string {
  return `${context}\n${extension}`;
}

function contextsOf({ contexts, includes }: ExtensionsReading): readonly DialplanContext[] {
  return contexts.map((name) => ({
    name,
    extensions: [],
    includes: includes
      .filter(({ context }) => context === name)
      .map(({ included, entry }) => ({ context: included, origin: originOf(entry) })),
    ignorePatterns: [],
  }));
}
