import type { SiteLimits } from "#domain/site/settings";
import { DEFAULT_FAILURE_LIMITS, type FailureLimits } from "#sip/auth/failure-limiter";
import { DEFAULT_REGISTRAR_LIMITS, type RegistrarLimits } from "#sip/registrar/registrar-rules";
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

/** Limits of the registrar, in the same way. */
export function registrarLimits(limits: () => SiteLimits): RegistrarLimits {
  return {
    ...DEFAULT_REGISTRAR_LIMITS,
    get bindingsPerAor() {
      return limits().contactsPerAccount ?? DEFAULT_REGISTRAR_LIMITS.bindingsPerAor;
    },
  };
}

/** How often a password may be wrong, in the same way. */
export function failureLimits(limits: () => SiteLimits): FailureLimits {
  return {
    ...DEFAULT_FAILURE_LIMITS,
    get perAccountMax() {
      return limits().wrongPasswordsPerAccount ?? DEFAULT_FAILURE_LIMITS.perAccountMax;
    },
    get perSourceMax() {
      return limits().wrongPasswordsPerSource ?? DEFAULT_FAILURE_LIMITS.perSourceMax;
    },
  };
}
