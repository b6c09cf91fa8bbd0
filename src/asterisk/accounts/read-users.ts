import type { Diagnostic } from "#domain/site/diagnostic";
import { normalMac } from "#domain/site/derived-phones";
import { show } from "#domain/site/shown";
import type { Account, NativeExtension, Phone } from "#domain/site/site";
import { listOf, readFlag } from "./account-values.ts";
import { mergedSections, type ConfFile, type Section } from "../conf/conf-value.ts";
import { LineFindings } from "../options/line-findings.ts";
import { serverUri } from "./read-register.ts";
import type { Say } from "../options/read-values.ts";
import { SectionOptions, written } from "../options/section-options.ts";
import { readSipAccount } from "./sip-account.ts";
import { USER_OPTIONS } from "./sip-options.ts";

/** What `users.conf` says. */
export interface UsersReading {
  readonly accounts: readonly Account[];
  readonly phones: readonly Phone[];
  /** Numbers that `hasexten` and `alternateexts` ask for. */
  readonly extensions: readonly NativeExtension[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Where Asterisk puts the extensions of users unless told otherwise. */
const USERS_CONTEXT = "default";
const LINES_MAX = 48;
const EXTENSION = /^[^\s\p{Cc}"<>@]{1,79}$/u;

/** Reads users: each section but [general] is one, and [general] holds what all have. `defaults`: what sip.conf says for every account. */
export function readUsers(conf: ConfFile, defaults: SectionOptions): UsersReading {
  const findings = new LineFindings();
  const { say } = findings;
  const sections = mergedSections(conf, ({ name }) => (isGeneral(name) ? "general" : name));
  for (const { entries } of sections) USER_OPTIONS.nameStrangers(entries, findings);
  const general = sections.find(({ name }) => isGeneral(name));
  const ofAll = general === undefined ? defaults : new SectionOptions(general, defaults);
  const users = sections.filter(({ name }) => !isGeneral(name)).flatMap((section) => readUser(section, ofAll, say) ?? []);
  return {
    accounts: users.map(({ account }) => account),
    phones: phonesOf(users, say),
    extensions: users.flatMap((user) => extensionsOf(user, say)),
    diagnostics: findings.diagnostics,
  };
}

interface User {
  readonly options: SectionOptions;
  readonly account: Account;
}

function isGeneral(name: string): boolean {
  return name.toLowerCase() === "general";
}

function readUser(section: Section, ofAll: SectionOptions, say: Say): User | undefined {
  const options = new SectionOptions(section, ofAll);
  const registers = readFlag(options.entry("registersip"), false, say);
  if (!readFlag(options.entry("hassip"), registers, say)) {
    say("SIP-I04", { valueAt: section.at }, `[${show(section.name)}] has no hassip = yes: it is no account, add that line`);
    return undefined;
  }
  const account = readSipAccount(options, say);
  if (account === undefined) return undefined;
  const isDone = !registers || account.registration !== undefined;
  return { options, account: isDone ? account : registered(account, options, say) };
}

/** `registersip`: we register there. */
function registered(account: Account, options: SectionOptions, say: Say): Account {
  const { host, port, secret, outbound, transports } = account;
  const entry = options.entry("registersip");
  if (host === undefined) {
    const message = `registersip of [${show(account.name)}] needs the provider's host: write host = …`;
    if (entry !== undefined) say("SIP-W07", entry, message);
    return account;
  }
  const registration = {
    server: serverUri({ host, ...written({ port }) }, transports?.[0]),
    username: outbound?.username ?? account.name,
    ...written({ secret: outbound?.secret ?? secret }),
    origin: options.origin,
  };
  return { ...account, registration };
}

/** Users of one `macaddress` are the registrations of one phone, in the order of their `linenumber`. */
function phonesOf(users: readonly User[], say: Say): readonly Phone[] {
  const byMac = new Map<string, { readonly line: number; readonly user: User }[]>();
  for (const user of users) {
    const mac = macOf(user.options, say);
    if (mac === undefined) continue;
    const lines = byMac.get(mac) ?? [];
    byMac.set(mac, lines);
    if (lines.length < LINES_MAX) lines.push({ line: lineOf(user.options, say), user });
  }
  return [...byMac].flatMap(([mac, lines]) => {
    const [first, ...more] = lines.sort((a, b) => a.line - b.line).map(({ user }) => user);
    if (first === undefined) return [];
    const label = first.options.value("label", "fullname") ?? first.account.name;
    const accounts = [first, ...more].map(({ account }) => account.name);
    return [{ mac, vendor: "polycom", model: "generic", label, accounts, origin: first.options.origin }];
  });
}

function macOf(options: SectionOptions, say: Say): string | undefined {
  const entry = options.own("macaddress");
  if (entry === undefined || !readFlag(options.entry("autoprov"), true, say)) return undefined;
  const mac = normalMac(entry.value);
  if (mac === undefined) {
    const message = `macaddress "${show(entry.value)}" of [${show(options.name)}] is no MAC address: write 12 hexadecimal digits`;
    say("SIP-W04", entry, message);
  }
  return mac;
}

function lineOf(options: SectionOptions, say: Say): number {
  const entry = options.own("linenumber");
  if (entry === undefined) return 1;
  if (/^\d{1,2}$/.test(entry.value) && Number(entry.value) >= 1) return Number(entry.value);
  say("SIP-W04", entry, `linenumber "${show(entry.value)}" is no number from 1 to 99: 1 is used`);
  return 1;
}

/** `hasexten`: the user's name can be dialled and watched; so can his `alternateexts`. */
function extensionsOf({ options, account }: User, say: Say): NativeExtension[] {
  if (!readFlag(options.entry("hasexten"), false, say)) return [];
  const entry = options.own("alternateexts");
  const others = listOf(entry?.value ?? "").filter((number) => {
    const isSound = EXTENSION.test(number);
    if (!isSound && entry !== undefined) say("SIP-W04", entry, `alternateexts: "${show(number)}" is no extension: it is ignored`);
    return isSound;
  });
  const place = { context: USERS_CONTEXT, devices: [`SIP/${account.name}`], origin: options.origin };
  return [...new Set([account.name, ...others])].map((number) => ({ number, ...place, label: labelOf(options) }));
}

function labelOf(options: SectionOptions): string {
  return options.value("label", "fullname") ?? options.name;
}
