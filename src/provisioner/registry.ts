import type { Vendor } from "./vendor.ts";
import { polycom } from "./vendors/polycom/polycom.ts";

/** The vendors served: one line each. */
export const VENDORS: readonly Vendor[] = [polycom];

/** A vendor by id. */
export function vendorOf(id: string): Vendor | undefined {
  return VENDORS.find((vendor) => vendor.id === id);
}
