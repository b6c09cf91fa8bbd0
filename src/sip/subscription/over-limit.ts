import type { Random } from "#base/random";
import type { Answer } from "#sip/transaction/user";
import { OVERLOAD_SHARE, type NotifierLimits } from "./limits.ts";
import type { Subscription } from "./subscription.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** Seconds of Retry-After while the node is full: at least, and how many more at random (C-15). */
const RETRY_AFTER_MIN_SECONDS = 10;
const RETRY_AFTER_SPREAD_SECONDS = 50;

export interface OverLimitGrounds {
  readonly limits: NotifierLimits;
  readonly random: Random;
  /** Share of the node's other budgets that is used up; 1 = nothing left. */
  readonly load: () => number;
  /** Is the node being emptied? */
  readonly isDraining: () => boolean;
}

/** Why there is no room for a subscription (presence.md §7.2, design §9.16); undefined: there is. */
export function overLimit(
  subscription: Subscription,
  subscriptions: Subscriptions,
  grounds: OverLimitGrounds,
): Answer | undefined {
  const { limits, random } = grounds;
  if (grounds.isDraining() || subscriptions.size >= limits.total) return later(random);
  const { watcher, flow } = subscription.record;
  // Who takes the place of an older one needs no room of its own.
  if (subscriptions.findOlder(subscription) !== undefined) return undefined;
  if (Math.max(subscriptions.size / limits.total, grounds.load()) >= OVERLOAD_SHARE) return later(random);
  if (watcher.trusted) return undefined;
  const count = subscriptions.countOf(watcher.aor, flow.host);
  return count >= limits.perAccountAndSource ? { status: 403, reason: "Too many subscriptions" } : undefined;
}

/** Come back in a while: at random, so that not all come back at once. */
export function later(random: Random): Answer {
  const seconds = RETRY_AFTER_MIN_SECONDS + random.below(RETRY_AFTER_SPREAD_SECONDS + 1);
  return { status: 503, headers: [["Retry-After", String(seconds)]] };
}
