import { positionOf, type Diagnostic } from "./diagnostic.ts";
import { show } from "./shown.ts";
import type { Account, Phone } from "./site.ts";

/** Phones that follow from the names of accounts, and what is wrong with them. */
export interface DerivedPhones {
  readonly phones: readonly Phone[];
  readonly diagnostics: readonly Diagnostic[];
}

/** An account whose name is 12 hexadecimal digits is also a phone with that MAC address (design §6); of two with one MAC the first is. */
export function derivedPhones(accounts: readonly Account[]): DerivedPhones {
  const phones = new Map<string, Phone>();
  const diagnostics: Diagnostic[] = [];
  for (const { name, host, origin } of accounts) {
    const mac = name.toLowerCase();
    // What is at a fixed address does not register and is no phone of ours.
    if (host !== undefined || !/^[0-9a-f]{12}$/.test(mac)) continue;
    const first = phones.get(mac);
    if (first === undefined) phones.set(mac, { mac, vendor: "polycom", model: "generic", label: name, accounts: [name], origin });
    else diagnostics.push(secondPhone(name, first, origin));
  }
  return { phones: [...phones.values()], diagnostics };
}

function secondPhone(name: string, first: Phone, origin: string): Diagnostic {
  const message = `[${show(name)}] is the MAC address of [${show(first.label)}] too: only the first is a phone, remove one of them`;
  return { ...positionOf(origin), code: "SIP-E03", message };
}

/** A MAC address in any common form as 12 lower-case digits; undefined when it is none. */
export function normalMac(text: string): string | undefined {
  const digits = text.replace(/[:.-]/g, "").toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined;
}
