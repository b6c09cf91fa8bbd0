import type { Diagnostic } from "#domain/site/diagnostic";
import { derivedPhones } from "#domain/site/derived-phones";
import { DEFAULT_SETTINGS } from "#domain/site/settings";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import type { ConfFile } from "./conf-value.ts";
import type { ReadOptions } from "./mend-types.ts";
import { parseConf } from "./parse-conf.ts";
import { readExtensions } from "./read-extensions.ts";
import { readSip } from "./read-sip.ts";
import { readSla } from "./read-sla.ts";
import { sharedDevices } from "./shared-devices.ts";

/** Files that make a site, and those that are known but hold nothing of it. */
export const SITE_FILES = ["sla.conf", "sip.conf", "extensions.conf"] as const;
export const OTHER_FILES = ["ccss.conf", "indications.conf"] as const;

export type AsteriskFile = (typeof SITE_FILES)[number] | (typeof OTHER_FILES)[number];

/** Texts of the files that are there, by name. */
export type SiteTexts = Readonly<Partial<Record<AsteriskFile, string>>>;

/** Reads a folder of Asterisk's files into a site. A file rejected as a whole makes the site unusable; a bad object is left out (R9). */
export function readAsteriskSite(texts: SiteTexts, options: ReadOptions = {}): SiteReading {
  const diagnostics: Diagnostic[] = [];
  const rejected: string[] = [];
  const parse = (file: AsteriskFile): ConfFile => {
    const reading = parseConf(texts[file] ?? "", file);
    diagnostics.push(...reading.diagnostics);
    if (reading.rejected) rejected.push(file);
    return reading.conf;
  };
  const extensions = readExtensions(parse("extensions.conf"));
  const sla = readSla(parse("sla.conf"), new Set(extensions.dialplan.contexts.map(({ name }) => name)), options);
  const sip = readSip(parse("sip.conf"));
  for (const file of OTHER_FILES) parse(file);
  const { phones, diagnostics: ofPhones } = derivedPhones(sip.accounts);
  const attemptCallerId = attemptCallerIdOf(texts, sla.attemptCallerId);
  const site: Site = {
    ...EMPTY_SITE,
    settings: { ...DEFAULT_SETTINGS, attemptCallerId: attemptCallerId?.written ?? false },
    ...(sip.realm === undefined ? {} : { realm: sip.realm }),
    trunks: sla.trunks,
    stations: sla.stations,
    accounts: sip.accounts,
    phones,
    hints: extensions.hints,
    dialplan: extensions.dialplan,
  };
  const [first] = rejected;
  return {
    site,
    diagnostics: [
      diagnostics,
      sla.diagnostics,
      sip.diagnostics,
      extensions.diagnostics,
      ofPhones,
      sharedDevices(sla.stations),
    ].flat(),
    ...(attemptCallerId === undefined ? {} : { attemptCallerId }),
    ...(first === undefined ? {} : { unusable: `${first} is rejected as a whole: see its CONF-E01` }),
  };
}

/** A sla.conf that does not say it means no (design §9.24); without a sla.conf it is left to others. */
function attemptCallerIdOf(texts: SiteTexts, written: boolean | undefined): SiteReading["attemptCallerId"] {
  if (texts["sla.conf"] === undefined) return undefined;
  return { fallback: false, ...(written === undefined ? {} : { written }) };
}
