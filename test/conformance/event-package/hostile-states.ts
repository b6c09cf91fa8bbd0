import type { MessageCounts } from "#domain/mailbox/message-counts";
import { registrationAfter, type RegistrationView } from "#domain/registration/registration";
import { NO_FEATURES } from "#domain/feature/features";
import type { LineView } from "#domain/appearance/line-view";
import type { HeldAppearance } from "#event-packages/line-seize/line-seize-package";
import type { FeatureState } from "#event-packages/as-feature-event/as-feature-event-package";
import { NAMES } from "./hostile-lamps.ts";

const COUNTS: readonly MessageCounts[] = [
  { new: 0, old: 0, urgentNew: 0, urgentOld: 0 },
  { new: 2, old: 8, urgentNew: 0, urgentOld: 2 },
  { new: 1_000_000, old: 1_000_000, urgentNew: 1_000_000, urgentOld: 1_000_000 },
];

const REGISTRATIONS: readonly RegistrationView[] = [
  { contacts: [], at: 0 },
  ...NAMES.flatMap((name) => {
    const contact = (key: string): Parameters<typeof registrationAfter>[1][number] => ({
      key,
      uri: `sip:${name.slice(0, 200)}@h`,
      registeredAt: 0,
      expiresAt: 60_000,
      callId: name,
      cseq: 1,
      userAgent: name,
      q: name,
    });
    const first = registrationAfter(undefined, [contact("a"), contact(name)], 1000);
    return [first, registrationAfter(first, [contact("a")], 2000), registrationAfter(first, [], 61_000)];
  }),
];

const FEATURES: readonly FeatureState[] = [
  { device: "1001", features: NO_FEATURES },
  { device: "1001", features: { ...NO_FEATURES, doNotDisturb: true } },
  ...NAMES.slice(0, 19).map((name) => ({
    device: "1001",
    features: { ...NO_FEATURES, forwardBusy: { active: true, target: name, ringCount: 3 } },
  })),
];

const LINES: readonly LineView[] = [
  { appearances: [] },
  {
    appearances: [
      { index: 1, state: "seized" },
      { index: 10, state: "held-private" },
    ],
  },
  // Names are cut, so those that differ late would look the same.
  ...NAMES.filter((name) => name.length < 100).flatMap((name): LineView[] => [
    { appearances: [{ index: 1, state: "alerting", peer: { uri: "sip:1@h", name } }] },
    { appearances: [{ index: 1, state: "active", peer: { uri: `sip:${name}@h` } }] },
  ]),
  ...NAMES.filter((name) => name.length >= 100).map((name): LineView => ({
    appearances: [{ index: 2, state: "held", peer: { uri: "sip:1@h", name } }],
  })),
];

/** States of the packages that do not show lamps, with everything that strangers write. */
export const HOSTILE_STATES: Readonly<Record<string, readonly unknown[]>> = {
  "message-summary": COUNTS,
  reg: REGISTRATIONS,
  "as-feature-event": FEATURES,
  "call-info": LINES,
  "line-seize": [{ index: 1 }, { index: 10 }] satisfies readonly HeldAppearance[],
};
