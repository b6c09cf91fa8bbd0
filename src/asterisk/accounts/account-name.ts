import type { Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Say } from "../options/read-values.ts";

/** A name that goes into URIs and provisioning files. */
const ACCOUNT_NAME = /^[^\s\p{Cc}@:;"<>/]{1,79}$/u;
const MD5 = /^[0-9a-f]{32}$/i;

/** Can the account be used under this name (SIP-E01), with this md5secret (SIP-E02)? */
export function isUsable(
  account: { readonly name: string; readonly at: Position },
  md5secret: string | undefined,
  say: Say,
): boolean {
  const name = show(account.name);
  const at = { valueAt: account.at };
  if (!ACCOUNT_NAME.test(account.name)) {
    say("SIP-E01", at, `account name "${name}" may not hold blanks or any of @ : ; " < > /: rename it`);
    return false;
  }
  if (md5secret === undefined || MD5.test(md5secret)) return true;
  say("SIP-E02", at, `md5secret of [${name}] is not 32 hexadecimal digits: write the MD5 of name:realm:secret`);
  return false;
}
