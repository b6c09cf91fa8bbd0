import type { Account, Phone } from "./site.ts";

/** An account whose name is 12 hexadecimal digits is also a phone with that MAC address (design §6). */
export function derivedPhones(accounts: readonly Account[]): readonly Phone[] {
  return accounts.flatMap((account) => {
    const mac = account.name.toLowerCase();
    if (!/^[0-9a-f]{12}$/.test(mac)) return [];
    return [{ mac, vendor: "polycom", model: "generic", label: account.name, accounts: [account.name], origin: account.origin }];
  });
}

/** A MAC address in any common form as 12 lower-case digits; undefined when it is none. */
export function normalMac(text: string): string | undefined {
  const digits = text.replace(/[:.-]/g, "").toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined;
}
