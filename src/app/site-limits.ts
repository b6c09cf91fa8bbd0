import type { SiteLimits } from "#domain/site/settings";
import { DEFAULT_NOTIFIER_LIMITS, type NotifierLimits } from "#sip/subscription/limits";

/** Limits of the notifier, as the site that runs has them: a reload moves them. */
export function notifierLimits(limits: () => SiteLimits): NotifierLimits {
  return {
    ...DEFAULT_NOTIFIER_LIMITS,
    get perAccountAndSource() {
      return limits().subscriptionsPerAccount ?? DEFAULT_NOTIFIER_LIMITS.perAccountAndSource;
    },
    get total() {
      return limits().subscriptions ?? DEFAULT_NOTIFIER_LIMITS.total;
    },
  };
}
