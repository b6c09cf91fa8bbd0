import type { Vendor } from "./vendor.ts";
import { polycom } from "./vendors/polycom/polycom.ts";

/** The vendors served: one line each. */
export const VENDORS: readonly Vendor[] = [polycom];

/** A vendor by id. */
export function vendorOf(id: string): Vendor | undefined {
  return VENDORS.find((vendor) => vendor.id === id);
}

/** The MAC of the phone that uploads under this name (in lower case); undefined: no vendor's phones do. */
export function uploaderOf(name: string): string | undefined {
  for (const vendor of VENDORS) {
    const mac = vendor.uploaderOf(name);
    if (mac !== undefined) return mac;
  }
  return undefined;
}
