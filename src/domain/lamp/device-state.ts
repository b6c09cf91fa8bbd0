/** Device states by Asterisk's parseable names (sla.md §4.1). */
export const DEVICE_STATES = [
  "UNKNOWN",
  "NOT_INUSE",
  "INUSE",
  "BUSY",
  "INVALID",
  "UNAVAILABLE",
  "RINGING",
  "RINGINUSE",
  "ONHOLD",
] as const;

export type DeviceState = (typeof DEVICE_STATES)[number];

/** One call leg of a device as a source knows it, for dialog-info (RFC 4235 §4.1). */
export interface DeviceDialog {
  readonly id: string;
  readonly direction: "initiator" | "recipient";
  readonly remote?: { readonly uri: string; readonly name?: string; readonly target?: string };
  readonly held?: boolean;
  /** How far a call has come that is not answered yet; absent = answered, or as far as its device's state says. */
  readonly phase?: "trying" | "early";
}

/** What one source says of one device (design §9.1). Times are epoch milliseconds. */
export interface Slot {
  readonly state: DeviceState;
  /** Since when it has this state. */
  readonly since: number;
  /** When the slot ends by itself; undefined = never. */
  readonly expiresAt?: number;
  /** Why, in one sentence for people. */
  readonly cause: string;
  readonly dialogs?: readonly DeviceDialog[];
}

/** All slots of a device by source name ("registrar", "api", "line", …). */
export type Slots = Readonly<Record<string, Slot>>;
