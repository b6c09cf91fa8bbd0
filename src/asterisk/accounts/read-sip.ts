import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Account } from "#domain/site/site";
import { attachRegistrations } from "./attach-registrations.ts";
import { readFlag } from "./account-values.ts";
import { mergedSections, type ConfFile, type Section } from "../conf/conf-value.ts";
import { LineFindings } from "../options/line-findings.ts";
import { CC_OPTIONS } from "#domain/site/account";
import { readRegister } from "./read-register.ts";
import type { Say } from "../options/read-values.ts";
import { SectionOptions, written } from "../options/section-options.ts";
import { DEFAULT_CONTEXT, readSipAccount } from "./sip-account.ts";
import { ACCOUNT_OPTIONS, GENERAL_OPTIONS } from "./sip-options.ts";

/** What `sip.conf` says. */
export interface SipReading {
  readonly accounts: readonly Account[];
  readonly realm?: string;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_ACCOUNTS = ["general", "authentication"];
/** Options of [general] that are the defaults of accounts; the others mean something else there, or nothing. */
const DEFAULTS = new Set([
  ...["context", "subscribecontext", "callerid", "transport", "insecure", "outboundproxy", "fromdomain"],
  ...["qualify", "qualifyfreq", "allowsubscribe", "directmedia", "canreinvite", "callcounter", "busylevel"],
]);
const CC_NAMES: ReadonlySet<string> = new Set(CC_OPTIONS);

/** Reads accounts: every section but [general] and [authentication]; sections of one name are one account, the later lines win (R2). */
export function readSip(conf: ConfFile): SipReading {
  const findings = new LineFindings();
  const { say } = findings;
  sayRepeated(conf, say);
  const sections = mergedSections(conf, keyOf);
  for (const section of sections) checkOptions(section, findings);
  const general = generalOf(sections);
  const defaults = defaultsOf(general);
  const accounts = sections
    .filter((section) => !NO_ACCOUNTS.includes(keyOf(section)))
    .flatMap((section) => readSipAccount(new SectionOptions(section, defaults), say) ?? []);
  const registrations = general.all("register").flatMap((entry) => readRegister(entry, say) ?? []);
  const context = general.value("context") ?? DEFAULT_CONTEXT;
  const ofNew = { context, subscribeContext: general.value("subscribecontext") ?? context };
  return {
    accounts: attachRegistrations(accounts, registrations, ofNew, say),
    ...written({ realm: general.value("realm") }),
    diagnostics: findings.diagnostics,
  };
}

/** What [general] says for every account, of users.conf too. */
export function sipDefaults(conf: ConfFile): SectionOptions {
  return defaultsOf(generalOf(mergedSections(conf, keyOf)));
}

function generalOf(sections: readonly Section[]): SectionOptions {
  return new SectionOptions(sections.find((section) => keyOf(section) === "general") ?? NOTHING);
}

function defaultsOf(general: SectionOptions): SectionOptions {
  return new SectionOptions({ name: general.name, at: general.at, entries: general.all(...DEFAULTS) });
}

const NOTHING = { name: "general", at: { file: "sip.conf", line: 1, column: 1 }, entries: [] };

/** Account names are exact; the two reserved names are known in any case. */
function keyOf({ name }: Section): string {
  const word = name.toLowerCase();
  return NO_ACCOUNTS.includes(word) ? word : name;
}

function sayRepeated(conf: ConfFile, say: Say): void {
  const seen = new Set<string>();
  for (const section of conf.sections) {
    const key = keyOf(section);
    if (section.isTemplate || NO_ACCOUNTS.includes(key)) continue;
    const message = `[${show(section.name)}] is defined twice: read as one account, the later lines win; write it once`;
    if (seen.has(key)) say("SIP-W02", { valueAt: section.at }, message);
    seen.add(key);
  }
}

/** What has no effect, is not known, or stands in the wrong place. */
function checkOptions(section: Section, findings: LineFindings): void {
  const { say } = findings;
  const key = keyOf(section);
  if (key === "authentication") {
    const [first] = section.entries;
    if (first === undefined) return;
    const message = `[authentication] has no effect here (credentials): write secret or remotesecret of the account`;
    say("SIP-I02", { valueAt: first.at }, message);
    return;
  }
  if (key !== "general") {
    for (const { key: option, at } of section.entries)
      if (option === "register" || option === "realm")
        say("SIP-W05", { valueAt: at }, `${option} is read in [general] only: move it there`);
    const known = section.entries.filter((entry) => entry.key !== "register" && entry.key !== "realm");
    ACCOUNT_OPTIONS.nameStrangers(known, findings);
    return;
  }
  checkGeneral(section, findings);
}

function checkGeneral(section: Section, findings: LineFindings): void {
  const { say } = findings;
  for (const { key, writtenKey, at } of section.entries)
    if (CC_NAMES.has(key))
      say(
        "CC-W04",
        { valueAt: at },
        `${show(writtenKey)} in [general] has no effect: write it in each account, or in a template`,
      );
    else if (ACCOUNT_OPTIONS.has(key) && !GENERAL_OPTIONS.has(key))
      say("SIP-W05", { valueAt: at }, `${show(writtenKey)} is read in accounts only: move it there, or into a template`);
  const known = section.entries.filter(({ key }) => GENERAL_OPTIONS.has(key) || !ACCOUNT_OPTIONS.has(key));
  GENERAL_OPTIONS.nameStrangers(known, findings);
  const guests = new SectionOptions(section).entry("allowguest");
  if (guests !== undefined && readFlag(guests, false, say))
    say("SIP-I03", guests, "allowguest = yes has no effect: who is not known is always asked for a password, see --trust");
}
