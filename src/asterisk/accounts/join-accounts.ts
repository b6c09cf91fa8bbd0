import { positionOf, type Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Account, Phone } from "#domain/site/site";

/** Accounts of several files. One name is one account, whoever writes it: the first file that has it wins and the others are named (SIP-W08). */
export function joinAccounts(files: readonly (readonly Account[])[]): {
  readonly accounts: readonly Account[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const winners = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const accounts = files.flatMap((list) => {
    const fresh = list.filter(({ name, origin }) => {
      const winner = winners.get(name.toLowerCase());
      if (winner === undefined) return true;
      const message = `account ${show(name)} is also in ${winner}, which wins: write it in one file`;
      diagnostics.push({ ...positionOf(origin), code: "SIP-W08", message });
      return false;
    });
    for (const { name, origin } of fresh) winners.set(name.toLowerCase(), positionOf(origin).file);
    return fresh;
  });
  return { accounts, diagnostics };
}

/** Phones that follow from names of accounts, and those that a file gives a MAC address: one address is one phone, with all its accounts. */
export function joinPhones(derived: readonly Phone[], named: readonly Phone[]): readonly Phone[] {
  const byMac = new Map(derived.map((phone) => [phone.mac, phone]));
  for (const phone of named) {
    const known = byMac.get(phone.mac);
    const accounts = new Set([...(known?.accounts ?? []), ...phone.accounts]);
    byMac.set(phone.mac, { ...(known ?? phone), label: phone.label, accounts: [...accounts] });
  }
  return [...byMac.values()];
}
