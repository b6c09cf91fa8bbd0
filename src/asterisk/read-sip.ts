import type { Diagnostic } from "#domain/site/diagnostic";
import type { Account } from "#domain/site/site";
import { lastEntry, type ConfFile, type Section } from "./conf-value.ts";
import { show } from "./parse-conf.ts";

/** What `sip.conf` says. */
export interface SipReading {
  readonly accounts: readonly Account[];
  readonly realm?: string;
  readonly diagnostics: readonly Diagnostic[];
}

const DEFAULT_CONTEXT = "default";
/** A name that goes into URIs and provisioning files. */
const ACCOUNT_NAME = /^[^\s\p{Cc}@:;"<>/]{1,79}$/u;

/** Reads accounts: every section but [general] and [authentication] that can register or be watched. */
export function readSip(conf: ConfFile): SipReading {
  const diagnostics: Diagnostic[] = [];
  const general = conf.sections.find((section) => section.name.toLowerCase() === "general");
  const sections = conf.sections.filter(
    (section) => !section.isTemplate && !["general", "authentication"].includes(section.name.toLowerCase()),
  );
  const defaults = {
    context: valueOf(general, "context") ?? DEFAULT_CONTEXT,
    subscribeContext: valueOf(general, "subscribecontext"),
  };
  const accounts = new Map<string, Account>();
  for (const section of sections) {
    const account = readAccount(section, defaults, diagnostics);
    if (account === undefined) continue;
    if (accounts.has(account.name))
      diagnostics.push({ ...section.at, code: "SIP-W02", message: `[${show(section.name)}] is defined twice: this one is used` });
    accounts.set(account.name, account);
  }
  const realm = valueOf(general, "realm");
  return { accounts: [...accounts.values()], ...(realm === undefined ? {} : { realm }), diagnostics };
}

function readAccount(
  section: Section,
  defaults: { readonly context: string; readonly subscribeContext: string | undefined },
  diagnostics: Diagnostic[],
): Account | undefined {
  if (!ACCOUNT_NAME.test(section.name)) {
    diagnostics.push({
      ...section.at,
      code: "SIP-E01",
      message: `account name "${show(section.name)}" may not hold blanks or any of @ : ; " < > /`,
    });
    return undefined;
  }
  const context = valueOf(section, "context") ?? defaults.context;
  const secret = valueOf(section, "secret") ?? valueOf(section, "remotesecret");
  const md5secret = valueOf(section, "md5secret");
  const callerid = valueOf(section, "callerid");
  if (md5secret !== undefined && !/^[0-9a-f]{32}$/i.test(md5secret)) {
    diagnostics.push({
      ...section.at,
      code: "SIP-E02",
      message: `md5secret of [${show(section.name)}] is not 32 hexadecimal digits: write the MD5 of name:realm:secret`,
    });
    return undefined;
  }
  if (secret === undefined && md5secret === undefined) {
    diagnostics.push({
      ...section.at,
      code: "SIP-I01",
      message: `[${show(section.name)}] has no secret: one is generated and written into its phone's file`,
    });
  }
  return {
    name: section.name,
    ...(secret === undefined ? {} : { secret }),
    ...(md5secret === undefined ? {} : { md5secret }),
    context,
    subscribeContext: valueOf(section, "subscribecontext") ?? defaults.subscribeContext ?? context,
    ...(callerid === undefined ? {} : { callerid }),
    origin: `${section.at.file}:${section.at.line}`,
  };
}

/** The last value; an empty one counts as absent. */
function valueOf(section: Section | undefined, key: string): string | undefined {
  const value = section === undefined ? undefined : lastEntry(section, key)?.value;
  return value === "" ? undefined : value;
}
