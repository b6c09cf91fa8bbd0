import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Account } from "#domain/site/site";
import { lastEntry, mergedSections, originOf, type ConfFile, type Section } from "./conf-value.ts";

/** What `sip.conf` says. */
export interface SipReading {
  readonly accounts: readonly Account[];
  readonly realm?: string;
  readonly diagnostics: readonly Diagnostic[];
}

interface Defaults {
  readonly context: string;
  readonly subscribeContext: string | undefined;
}

const DEFAULT_CONTEXT = "default";
const NO_ACCOUNTS = ["general", "authentication"];
/** A name that goes into URIs and provisioning files. */
const ACCOUNT_NAME = /^[^\s\p{Cc}@:;"<>/]{1,79}$/u;

/** Reads accounts: every section but [general] and [authentication]; sections of one name are one account, the later lines win (R2). */
export function readSip(conf: ConfFile): SipReading {
  const diagnostics = repeated(conf);
  const sections = mergedSections(conf, keyOf);
  const general = sections.find((section) => keyOf(section) === "general");
  const defaults = {
    context: valueOf(general, "context") ?? DEFAULT_CONTEXT,
    subscribeContext: valueOf(general, "subscribecontext"),
  };
  const realm = valueOf(general, "realm");
  const accounts = sections
    .filter((section) => !NO_ACCOUNTS.includes(keyOf(section)))
    .flatMap((section) => readAccount(section, defaults, diagnostics));
  return { accounts, ...(realm === undefined ? {} : { realm }), diagnostics };
}

/** Account names are exact; the two reserved names are known in any case. */
function keyOf({ name }: Section): string {
  const word = name.toLowerCase();
  return NO_ACCOUNTS.includes(word) ? word : name;
}

function repeated(conf: ConfFile): Diagnostic[] {
  const seen = new Set<string>();
  return conf.sections.flatMap((section) => {
    const key = keyOf(section);
    if (section.isTemplate || NO_ACCOUNTS.includes(key)) return [];
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const message = `[${show(section.name)}] is defined twice: read as one account, the later lines win; write it once`;
    return [{ ...section.at, code: "SIP-W02", message }];
  });
}

function readAccount(section: Section, defaults: Defaults, diagnostics: Diagnostic[]): Account[] {
  const { name } = section;
  const md5secret = valueOf(section, "md5secret");
  const mistake = mistakeOf(name, md5secret);
  if (mistake !== undefined) {
    diagnostics.push({ ...section.at, ...mistake });
    return [];
  }
  const context = valueOf(section, "context") ?? defaults.context;
  const secret = valueOf(section, "secret");
  const callerid = valueOf(section, "callerid");
  return [
    {
      name,
      ...(secret === undefined ? {} : { secret }),
      ...(md5secret === undefined ? {} : { md5secret: md5secret.toLowerCase() }),
      context,
      subscribeContext: valueOf(section, "subscribecontext") ?? defaults.subscribeContext ?? context,
      ...(callerid === undefined ? {} : { callerid }),
      origin: originOf(section),
    },
  ];
}

function mistakeOf(name: string, md5secret: string | undefined): Pick<Diagnostic, "code" | "message"> | undefined {
  if (!ACCOUNT_NAME.test(name))
    return { code: "SIP-E01", message: `account name "${show(name)}" may not hold blanks or any of @ : ; " < > /: rename it` };
  if (md5secret === undefined || /^[0-9a-f]{32}$/i.test(md5secret)) return undefined;
  const message = `md5secret of [${show(name)}] is not 32 hexadecimal digits: write the MD5 of name:realm:secret`;
  return { code: "SIP-E02", message };
}

/** The last value; an empty one counts as absent. */
function valueOf(section: Section | undefined, key: string): string | undefined {
  const value = section === undefined ? undefined : lastEntry(section, key)?.value;
  return value === "" ? undefined : value;
}
