import type { Account } from "#domain/site/account";
import { positionOf, type Diagnostic, type Origin } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Phone, Site } from "#domain/site/site";
import type { ConfigPhone, ConfigRegistration } from "#provisioner/vendors/polycom/config-phone";

/** A value that a site may hold: one line. */
const SOUND = /^[^\p{Cc}]{1,255}$/u;

/** A site with what files of phones say of it, each value named with its place (CONF-I40). */
export interface TakenSite {
  readonly site: Site;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What phones' files say that Asterisk's leave open: the label of a phone that is called by its account, and the secret of an account that
 * has none. A registration belongs to the account whose name it has.
 */
export function takePhoneFiles(site: Site, described: readonly ConfigPhone[]): TakenSite {
  const byMac = new Map(described.flatMap((phone) => (phone.mac === undefined ? [] : [[phone.mac, phone] as const])));
  const diagnostics: Diagnostic[] = [];
  const say = (origin: Origin, message: string): void => {
    diagnostics.push({ ...positionOf(origin), code: "CONF-I40", message });
  };
  const secrets = new Map<string, ConfigRegistration>();
  const phones = site.phones.map((phone) => {
    const ofAccounts = registrationsOf(phone, byMac.get(phone.mac));
    for (const [name, registration] of ofAccounts) if (!secrets.has(name)) secrets.set(name, registration);
    return withLabel(phone, ofAccounts.get(phone.accounts[0] ?? ""), say);
  });
  const accounts = site.accounts.map((account) => withSecret(account, secrets.get(account.name), say));
  return { site: { ...site, phones, accounts }, diagnostics };
}

type Say = (origin: Origin, message: string) => void;

/** By the accounts of the phone. */
function registrationsOf({ accounts }: Phone, described: ConfigPhone | undefined): ReadonlyMap<string, ConfigRegistration> {
  const byUser = new Map<string, ConfigRegistration>();
  for (const registration of described?.registrations ?? [])
    for (const user of [registration.address.replace(/@.*/s, ""), registration.userId ?? ""])
      if (!byUser.has(user.toLowerCase())) byUser.set(user.toLowerCase(), registration);
  return new Map(
    accounts.flatMap((name) => {
      const registration = byUser.get(name.toLowerCase());
      return registration === undefined ? [] : [[name, registration] as const];
    }),
  );
}

function withLabel(phone: Phone, registration: ConfigRegistration | undefined, say: Say): Phone {
  const label = registration?.label;
  if (
    registration === undefined ||
    label === undefined ||
    !SOUND.test(label) ||
    phone.label !== phone.accounts[0] ||
    label === phone.label
  )
    return phone;
  say(phone.origin, `label of phone ${phone.mac} is taken from ${placeOf(registration)}`);
  return { ...phone, label };
}

function withSecret(account: Account, registration: ConfigRegistration | undefined, say: Say): Account {
  const secret = registration?.secret;
  const hasOne = account.secret !== undefined || account.md5secret !== undefined;
  if (registration === undefined || secret === undefined || hasOne || !SOUND.test(secret)) return account;
  say(account.origin, `secret of account ${show(account.name)} is taken from ${placeOf(registration)}`);
  return { ...account, secret };
}

function placeOf({ at }: ConfigRegistration): string {
  return `${show(at.file)}:${at.line}`;
}
