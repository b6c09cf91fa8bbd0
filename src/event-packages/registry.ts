import type { EventPackage } from "#sip/subscription/package";
import { listTeller } from "./list/list-teller.ts";
import { dialogPackage } from "./dialog/dialog-package.ts";
import { presencePackage } from "./presence/presence-package.ts";

/** Packages whose resources can be watched many at once (RFC 4662). */
const LISTED = [dialogPackage, presencePackage] as unknown as readonly EventPackage<unknown>[];

/** The event packages served: one line each. The notifier never looks inside a state, so it holds them as packages of anything. */
export const EVENT_PACKAGES: readonly EventPackage<unknown>[] = LISTED.map((one) => ({ ...one, list: listTeller(one) }));
