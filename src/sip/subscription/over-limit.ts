import type { Random } from "#base/random";
import type { Answer } from "#sip/transaction/user";
import type { NotifierLimits } from "./limits.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Seconds of Retry-After while the node is full: at least, and how many more at random (C-15). */
const RETRY_AFTER_MIN_SECONDS = 10;
const RETRY_AFTER_SPREAD_SECONDS = 50;

/** Why there is no room for a subscription (presence.md §7.2, design §9.16); undefined: there is. */
export function overLimit(
  subscription: Subscription,
  subscriptions: Subscriptions,
  { limits, random }: { readonly limits: NotifierLimits; readonly random: Random },
): Answer | undefined {
  const { watcher, flow } = subscription.record;
  if (subscriptions.size >= limits.total) {
    const seconds = RETRY_AFTER_MIN_SECONDS + random.below(RETRY_AFTER_SPREAD_SECONDS + 1);
    return { status: 503, headers: [["Retry-After", String(seconds)]] };
  }
  // Who takes the place of an older one needs no room of its own.
  if (watcher.trusted || subscriptions.findSameDevice(subscription) !== undefined) return undefined;
  const count = subscriptions.countOf(watcher.aor, flow.host);
  return count >= limits.perAccountAndSource ? { status: 403, reason: "Too many subscriptions" } : undefined;
}
