import type { ExtensionState, LampView } from "#domain/lamp/lamp-view";

/** What presence documents say of a lamp (sla.md §4.5, presence.md §2.3). */
export interface PresenceState {
  readonly note: string;
  readonly basic: "open" | "closed";
  /** Activity of RFC 4480. */
  readonly activity?: "on-the-phone";
  /** Status of XPIDF with its substatus, as Polycom's older phones read them (E-4). */
  readonly xpidf: readonly ["open", "online"] | readonly ["inuse", "onthephone"] | readonly ["closed", "offline"];
}

const ON_THE_PHONE = { basic: "open", activity: "on-the-phone", xpidf: ["inuse", "onthephone"] } as const;

const STATES: Readonly<Record<ExtensionState, PresenceState>> = {
  Idle: { note: "Ready", basic: "open", xpidf: ["open", "online"] },
  InUse: { note: "On the phone", ...ON_THE_PHONE },
  Busy: { note: "On the phone", ...ON_THE_PHONE },
  Unavailable: { note: "Unavailable", basic: "closed", xpidf: ["closed", "offline"] },
  Ringing: { note: "Ringing", ...ON_THE_PHONE },
  "InUse&Ringing": { note: "Ringing", ...ON_THE_PHONE },
  Hold: { note: "On hold", ...ON_THE_PHONE },
};

/** Different lamps may be the same here, as InUse and Busy are; then they are told by the same words (D-9). */
export function presenceState({ state }: LampView): PresenceState {
  return STATES[state];
}
