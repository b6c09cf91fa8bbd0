import { DEFAULT_XML_LIMITS, type XmlLimits } from "#base/xml/read-xml";
import type { SiteLimits } from "#domain/site/settings";
import { DEFAULT_FAILURE_LIMITS, type FailureLimits } from "#sip/guard/failure-limiter";
import { DEFAULT_RATE_LIMITS, type RateLimits } from "#sip/guard/source-rates";
import { DEFAULT_PUBLICATION_LIMITS, type PublicationLimits } from "#sip/publication/limits";
import { DEFAULT_REGISTRAR_LIMITS, type RegistrarLimits } from "#sip/registrar/registrar-rules";
import { DEFAULT_NOTIFIER_LIMITS, type NotifierLimits } from "#sip/subscription/limits";
import { DEFAULT_MESSAGE_SIZES, type MessageSizes } from "#sip/transaction/message-sizes";
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from "#sip/transport/connections";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./http-limits.ts";

type Read<T> = { readonly [K in keyof T]?: (limits: SiteLimits) => T[K] | undefined };

/** Limits of one room, as the site that runs has them: a reload moves them. `read` says which fields a site may move, and how. */
function live<T extends object>(defaults: T, limits: () => SiteLimits, read: Read<T>): T {
  const moved = Object.create(null) as T;
  for (const name of Object.keys(defaults) as (keyof T)[]) {
    const get = (): T[keyof T] => read[name]?.(limits()) ?? defaults[name];
    Object.defineProperty(moved, name, { enumerable: true, get });
  }
  return moved;
}

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000);

/** Limits of the notifier. */
export function notifierLimits(limits: () => SiteLimits): NotifierLimits {
  return live(DEFAULT_NOTIFIER_LIMITS, limits, {
    perAccountAndSource: ({ subscriptionsPerAccount }) => subscriptionsPerAccount,
    total: ({ subscriptions }) => subscriptions,
  });
}

/** Limits of the registrar. */
export function registrarLimits(limits: () => SiteLimits): RegistrarLimits {
  return live(DEFAULT_REGISTRAR_LIMITS, limits, { bindingsPerAor: ({ contactsPerAccount }) => contactsPerAccount });
}

/** How often a password may be wrong. */
export function failureLimits(limits: () => SiteLimits): FailureLimits {
  return live(DEFAULT_FAILURE_LIMITS, limits, {
    perAccountMax: ({ wrongPasswordsPerAccount }) => wrongPasswordsPerAccount,
    perSourceMax: ({ wrongPasswordsPerSource }) => wrongPasswordsPerSource,
    windowMs: ({ wrongPasswordWindowSeconds }) => inMs(wrongPasswordWindowSeconds),
    blockMs: ({ banSeconds }) => inMs(banSeconds),
    // Whoever raises the one raises the other.
    blockMaxMs: ({ banSeconds, banMaxSeconds }) =>
      inMs(banMaxSeconds ?? Math.max(banSeconds ?? 0, DEFAULT_FAILURE_LIMITS.blockMaxMs / 1000)),
  });
}

/** How much a stranger may ask. */
export function rateLimits(limits: () => SiteLimits): RateLimits {
  return live(DEFAULT_RATE_LIMITS, limits, {
    perSecond: ({ unauthenticatedPerSecond }) => unauthenticatedPerSecond,
    burst: ({ unauthenticatedBurst }) => unauthenticatedBurst,
  });
}

/** Limits of publications. */
export function publicationLimits(limits: () => SiteLimits): PublicationLimits {
  return live(DEFAULT_PUBLICATION_LIMITS, limits, {
    perResource: ({ publicationsPerResource }) => publicationsPerResource,
    perAccount: ({ publicationsPerAccount }) => publicationsPerAccount,
    total: ({ publications }) => publications,
  });
}

/** How large requests may be. */
export function messageSizes(limits: () => SiteLimits): MessageSizes {
  return live(DEFAULT_MESSAGE_SIZES, limits, {
    headers: ({ headers }) => headers,
    headerBytes: ({ headerBytes }) => headerBytes,
    headerSectionBytes: ({ headerSectionBytes }) => headerSectionBytes,
    bodyBytes: ({ bodyBytes }) => bodyBytes,
  });
}

/** How many connections a listener holds. */
export function connectionLimits(limits: () => SiteLimits): ConnectionLimits {
  return live(DEFAULT_CONNECTION_LIMITS, limits, {
    total: ({ connections }) => connections,
    perSource: ({ connectionsPerSource }) => connectionsPerSource,
    silentMs: ({ idleSeconds }) => inMs(idleSeconds),
  });
}

/** How many connections HTTP holds, and for how long one may stand still. */
export function httpLimits(limits: () => SiteLimits): HttpLimits {
  return live(DEFAULT_HTTP_LIMITS, limits, {
    total: ({ connections }) => connections,
    perSource: ({ httpConnectionsPerSource }) => httpConnectionsPerSource,
    idleMs: ({ idleSeconds }) => inMs(idleSeconds),
  });
}

/** How large a published document may be. */
export function xmlLimits(limits: () => SiteLimits): XmlLimits {
  return live(DEFAULT_XML_LIMITS, limits, {
    depth: ({ xmlDepth }) => xmlDepth,
    elements: ({ xmlElements }) => xmlElements,
    attributes: ({ xmlAttributes }) => xmlAttributes,
  });
}
