import type { PhoneProfile } from "./phone-profile.ts";

/**
 * What a phone gets that nothing is known of. A document of 700 bytes with the head of a NOTIFY (up to 600) fits into a datagram of 1300
 * (presence.md §8.4, S-9).
 */
const SINGLE: PhoneProfile = {
  name: "single",
  nameAttribute: "display",
  parameter: "pval",
  dialogElements: "single",
  idleDocument: "dummy",
  callerEarly: "confirmed",
  busyRinging: "confirmed",
  hold: "rendering",
  offline: "terminated",
  endsBeforeRinging: false,
  identityInConfirmed: true,
  namesCallers: true,
  bodyMaxBytes: 700,
  digiumTuple: false,
  raisesExpiry: false,
  failureGrace: 1,
  retriesServerErrors: true,
  finalBody: "none",
  checkSync: "check-sync",
  mwiState: "terminated",
};

/** All profiles, each as what differs from the first. Of two User-Agents that fit the first counts. */
export const PHONE_PROFILES: readonly PhoneProfile[] = [
  SINGLE,
  // Ignores RINGING after INUSE unless the dialog ended in between (D-6).
  { ...SINGLE, name: "polycom", userAgent: /^Poly(com|Edge)/i, endsBeforeRinging: true },
  // Takes no counts from a subscription that is over.
  { ...SINGLE, name: "yealink", userAgent: /^Yealink/i, checkSync: "check-sync;reboot=false", mwiState: "active" },
  { ...SINGLE, name: "snom", userAgent: /^snom/i, checkSync: "check-sync;reboot=false" },
  // Leaves a NOTIFY unanswered now and then.
  {
    ...SINGLE,
    name: "cisco-spa",
    userAgent: /^(Cisco\/SPA|Cisco-CP-|Linksys\/|Sipura\/)/i,
    failureGrace: 2,
    checkSync: "resync",
  },
  { ...SINGLE, name: "grandstream", userAgent: /^Grandstream/i },
  { ...SINGLE, name: "aastra", userAgent: /^(Aastra|Mitel)/i },
  { ...SINGLE, name: "digium", userAgent: /^(Digium|Sangoma)/i, digiumTuple: true },
  // Every call of a party with an id of its own.
  { ...SINGLE, name: "all", dialogElements: "all" },
  // Everything that somebody may look for; no phone validates.
  {
    ...SINGLE,
    name: "compatible",
    nameAttribute: "both",
    parameter: "both",
    raisesExpiry: true,
    failureGrace: 2,
    finalBody: "full",
  },
  // The letter of the RFCs: valid by their schemas, gone with the first failure.
  { ...SINGLE, name: "strict", nameAttribute: "display-name", failureGrace: 0, retriesServerErrors: false },
];

/** Names that a site may give to a phone or an account. */
export const PROFILE_NAMES: readonly string[] = PHONE_PROFILES.map(({ name }) => name);

const BY_NAME = new Map(
  PHONE_PROFILES.flatMap((profile) => [
    [profile.name, profile] as const,
    [withoutCallers(profile.name), { ...profile, name: withoutCallers(profile.name), namesCallers: false }] as const,
  ]),
);

/** The name of the same profile for watchers that may not know who calls (P-4). */
export function withoutCallers(name: string): string {
  return `${name} without callers`;
}

/** The profile of that name; of one that another version knew, the default. */
export function profileNamed(name: string): PhoneProfile {
  return BY_NAME.get(name) ?? SINGLE;
}

/** The profile of a phone by what it says it is. */
export function profileByUserAgent(userAgent: string): PhoneProfile {
  return PHONE_PROFILES.find(({ userAgent: pattern }) => pattern?.test(userAgent) === true) ?? SINGLE;
}
