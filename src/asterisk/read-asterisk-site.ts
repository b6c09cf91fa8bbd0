import type { Diagnostic } from "#domain/site/diagnostic";
import { derivedPhones } from "#domain/site/derived-phones";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import { NO_INCLUDES, type IncludeSources } from "./conf-includes.ts";
import { ReadingBudget } from "./conf-limits.ts";
import type { ConfFile } from "./conf-value.ts";
import { parseConf } from "./parse-conf.ts";
import { readExtensions } from "./read-extensions.ts";
import { readSip } from "./read-sip.ts";
import { readSla } from "./read-sla.ts";
import { sharedDevices } from "./shared-devices.ts";
import type { AsteriskFile, SiteTexts } from "./site-files.ts";

/** Files that no reader takes anything from yet; their grammar is checked. */
const OTHER_FILES: readonly AsteriskFile[] = ["users.conf", "pjsip.conf", "pjsip_wizard.conf", "ccss.conf", "indications.conf"];

/** Reads a folder of Asterisk's files, with what they include, into a site. A file rejected as a whole makes the site unusable; a bad object is left out (R9). */
export function readAsteriskSite(texts: SiteTexts, includes: IncludeSources = NO_INCLUDES): SiteReading {
  const budget = new ReadingBudget();
  const ofGrammar: (readonly Diagnostic[])[] = [];
  const rejected: string[] = [];
  const parse = (file: AsteriskFile): ConfFile => {
    const reading = parseConf(texts[file] ?? "", file, includes, budget);
    ofGrammar.push(reading.diagnostics);
    if (reading.rejected) rejected.push(file);
    return reading.conf;
  };
  const extensions = readExtensions(parse("extensions.conf"));
  const sla = readSla(parse("sla.conf"), new Set(extensions.dialplan.contexts.map(({ name }) => name)));
  const sip = readSip(parse("sip.conf"));
  for (const file of OTHER_FILES) parse(file);
  const { phones, diagnostics: ofPhones } = derivedPhones(sip.accounts);
  const site: Site = {
    ...EMPTY_SITE,
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
    leftOut: sla.leftOut,
    diagnostics: [
      ...ofGrammar,
      sla.diagnostics,
      sip.diagnostics,
      extensions.diagnostics,
      ofPhones,
      sharedDevices(sla.stations),
    ].flat(),
    ...(first === undefined ? {} : { unusable: `${first} is rejected as a whole: see its CONF-E01` }),
  };
}
