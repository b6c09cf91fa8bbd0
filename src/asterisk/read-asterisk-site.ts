import type { Diagnostic } from "#domain/site/diagnostic";
import { derivedPhones } from "#domain/site/derived-phones";
import { DEFAULT_SETTINGS } from "#domain/site/settings";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import type { ConfFile } from "./conf/conf-value.ts";
import { NO_INCLUDES, type IncludeSources } from "./conf/conf-includes.ts";
import { ReadingBudget } from "./conf/conf-limits.ts";
import { joinAccounts, joinPhones } from "./accounts/join-accounts.ts";
import type { ReadOptions } from "./sla/mend-types.ts";
import { parseConf } from "./conf/parse-conf.ts";
import { readCcss } from "./read-ccss.ts";
import { readExtensions } from "./extensions/read-extensions.ts";
import { readIndications } from "./read-indications.ts";
import { readPjsip } from "./accounts/read-pjsip.ts";
import { readSip, sipDefaults } from "./accounts/read-sip.ts";
import { readSla } from "./sla/read-sla.ts";
import { readUsers } from "./accounts/read-users.ts";
import { sharedDevices } from "./sla/shared-devices.ts";
import { DEFAULT_CONTEXT } from "./accounts/sip-account.ts";
import type { AsteriskFile, SiteTexts } from "./site-files.ts";

/** How a folder is read, and where its includes come from. */
export interface AsteriskOptions extends ReadOptions {
  readonly includes?: IncludeSources;
}

/** Reads a folder of Asterisk's files, with what they include, into a site. A file rejected as a whole makes the site unusable; a bad object is left out (R9). */
export function readAsteriskSite(texts: SiteTexts, { includes = NO_INCLUDES, ...options }: AsteriskOptions = {}): SiteReading {
  const budget = new ReadingBudget();
  const ofGrammar: (readonly Diagnostic[])[] = [];
  const rejected: string[] = [];
  const parse = (file: AsteriskFile, firstSection?: string): ConfFile => {
    const reading = parseConf(texts[file] ?? "", file, includes, budget, firstSection);
    ofGrammar.push(reading.diagnostics);
    if (reading.rejected) rejected.push(file);
    return reading.conf;
  };
  const firstContext = options.repair === true ? firstContextOf(texts, includes) : undefined;
  const extensions = readExtensions(parse("extensions.conf", firstContext));
  const sla = readSla(parse("sla.conf"), new Set(extensions.dialplan.contexts.map(({ name }) => name)), options);
  const sipConf = parse("sip.conf");
  const sip = readSip(sipConf);
  const pjsip = readPjsip(parse("pjsip.conf"), parse("pjsip_wizard.conf"));
  const users = readUsers(parse("users.conf"), sipDefaults(sipConf));
  const ccss = readCcss(parse("ccss.conf"));
  const tones = readIndications(parse("indications.conf"));
  const { accounts, diagnostics: ofAccounts } = joinAccounts([sip.accounts, pjsip.accounts, users.accounts]);
  const { phones, diagnostics: ofPhones } = derivedPhones(accounts);
  const realm = sip.realm ?? pjsip.realm;
  const attemptCallerId = attemptCallerIdOf(texts, sla.attemptCallerId);
  const site: Site = {
    ...EMPTY_SITE,
    ...(realm === undefined ? {} : { realm }),
    settings: { ...DEFAULT_SETTINGS, cc: ccss.cc, attemptCallerId: attemptCallerId?.written ?? false },
    trunks: sla.trunks,
    stations: sla.stations,
    accounts,
    phones: joinPhones(phones, [...users.phones, ...pjsip.phones]),
    extensions: [...pjsip.extensions, ...users.extensions],
    hints: extensions.hints,
    dialplan: extensions.dialplan,
    ...(texts["indications.conf"] === undefined ? {} : { indications: tones.indications }),
  };
  const [first] = rejected;
  return {
    site,
    leftOut: sla.leftOut,
    devicePlaces: sla.devicePlaces,
    diagnostics: [
      ...ofGrammar,
      sla.diagnostics,
      sip.diagnostics,
      pjsip.diagnostics,
      users.diagnostics,
      ofAccounts,
      ccss.diagnostics,
      tones.diagnostics,
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

/** Where calls come in that nothing sends elsewhere: lines that are printed without a context are meant to be found by them (D9). */
function firstContextOf(texts: SiteTexts, includes: IncludeSources): string {
  const { conf } = parseConf(texts["sip.conf"] ?? "", "sip.conf", includes);
  return sipDefaults(conf).value("context") ?? DEFAULT_CONTEXT;
}
