import type { EventPackage } from "#sip/subscription/package";
import { callInfoPackage } from "./call-info/call-info-package.ts";
import { asFeatureEventPackage } from "./as-feature-event/as-feature-event-package.ts";
import { dialogPackage } from "./dialog/dialog-package.ts";
import { lineSeizePackage } from "./line-seize/line-seize-package.ts";
import { listTeller } from "./list/list-teller.ts";
import { messageSummaryPackage } from "./message-summary/message-summary-package.ts";
import { presencePackage } from "./presence/presence-package.ts";
import { regPackage } from "./reg/reg-package.ts";

/** Packages whose resources can be watched many at once (RFC 4662). */
const LISTED = [dialogPackage, presencePackage] as unknown as readonly EventPackage<unknown>[];

/** The event packages served: one line each. The notifier never looks inside a state, so it holds them as packages of anything. */
export const EVENT_PACKAGES: readonly EventPackage<unknown>[] = [
  ...LISTED.map((one) => ({ ...one, list: listTeller(one) })),
  ...([
    messageSummaryPackage,
    regPackage,
    asFeatureEventPackage,
    callInfoPackage,
    lineSeizePackage,
  ] as unknown as readonly EventPackage<unknown>[]),
];
