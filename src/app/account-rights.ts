import type { Account } from "#domain/site/site";
import { admission } from "#sip/auth/address-rules";
import type { AuthenticatorParts, Refusal } from "#sip/auth/authenticator";

const FOREIGN_ADDRESS: Refusal = { reason: "Not from this address", isCounted: true };
const NOT_DYNAMIC: Refusal = { reason: "Account has a fixed host", isCounted: false };
const NO_LAMPS: Refusal = { reason: "Account may not subscribe", isCounted: false };

/** What an account of the site may not do although it knows its password: `permit` and `deny`, a fixed `host`, `allowsubscribe`. */
export function accountRights(find: (name: string) => Account | undefined): Required<AuthenticatorParts>["refusal"] {
  // By the list itself, which is the same object as long as the site is.
  const admissions = new WeakMap<object, (host: string) => boolean>();
  const admits = ({ acl }: Account, host: string): boolean => {
    if (acl === undefined) return true;
    const known = admissions.get(acl) ?? admission(acl);
    admissions.set(acl, known);
    return known(host);
  };
  return (name, { method }, { remoteHost }) => {
    const account = find(name);
    if (account === undefined) return undefined;
    if (!admits(account, remoteHost)) return FOREIGN_ADDRESS;
    if (method === "REGISTER" && account.host !== undefined) return NOT_DYNAMIC;
    return method === "SUBSCRIBE" && account.allowSubscribe === false ? NO_LAMPS : undefined;
  };
}
