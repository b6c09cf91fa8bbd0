import type { Account, Registration } from "#domain/site/account";
import { show } from "#domain/site/shown";
import { ACCOUNT_FIELDS } from "./account-fields.ts";
import { readRecord, type ValuesOf } from "./kinds.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

/** A name that goes into URIs and provisioning files. */
const NAME = /^[^\s\p{Cc}@:;"<>/]{1,79}$/u;

type Written = ValuesOf<typeof ACCOUNT_FIELDS>;

/** `accounts`: NAME: {…}, by name in lower case. */
export function readAccounts(yaml: YamlFields, field: Field | undefined, context: string): ReadonlyMap<string, Account> {
  const accounts = new Map<string, Account>();
  for (const { name, key, value } of yaml.of(field?.value, "accounts").values()) {
    const mistake = accounts.has(name.toLowerCase())
      ? "stands twice: the first is used, remove one"
      : `may not hold blanks or any of @ : ; " < > /: rename it`;
    if (accounts.has(name.toLowerCase()) || !NAME.test(name))
      yaml.tree.say("YAML-E10", key, `account "${show(name)}" ${mistake}`);
    else accounts.set(name.toLowerCase(), readAccount(yaml, { name, key, value }, context));
  }
  return accounts;
}

function readAccount(yaml: YamlFields, { name, key, value }: Field, siteContext: string): Account {
  const written = readRecord(yaml, value, "an account", ACCOUNT_FIELDS);
  const { registration, md5secret, context = siteContext, subscribeContext = context, ...rest } = written;
  const origin = yaml.tree.origin(key);
  return {
    name,
    ...rest,
    ...(md5secret === undefined ? {} : { md5secret: md5secret.toLowerCase() }),
    context,
    subscribeContext,
    ...registrationOf(yaml, registration, { name, key, value }),
    origin,
  };
}

function registrationOf(
  yaml: YamlFields,
  registration: Written["registration"],
  { name, key }: Field,
): { readonly registration?: Registration } {
  if (registration === undefined) return {};
  const { server, username, ...rest } = registration;
  if (server !== undefined && username !== undefined)
    return { registration: { server, username, ...rest, origin: yaml.tree.origin(key) } };
  yaml.tree.say("YAML-E10", key, `registration of account "${show(name)}" is left out: write its server and its username`);
  return {};
}
