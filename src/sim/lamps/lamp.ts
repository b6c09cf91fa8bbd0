/** What the lamp of a key tells, as the phone understood it. `unknown`: not subscribed, or refused. */
export type LampName = "unknown" | "idle" | "busy" | "ringing" | "busyRinging" | "held";

/** One dialog of a dialog-info document (RFC 4235 §4.1), as far as a lamp depends on it. */
export interface WatchedDialog {
  readonly id: string;
  readonly state: "trying" | "proceeding" | "early" | "confirmed" | "terminated";
  readonly direction: "initiator" | "recipient" | undefined;
  /** Local target with `+sip.rendering` = no. */
  readonly isHeld: boolean;
}

/** The lamp of all dialogs of a resource (polycom.md §5.3). Only a call coming in flashes: phones blink for recipient + early alone. */
export function lampOf(dialogs: Iterable<WatchedDialog>, showsHold: boolean): LampName {
  const live = [...dialogs].filter((dialog) => dialog.state !== "terminated");
  const isRinging = live.some((dialog) => dialog.state === "early" && dialog.direction === "recipient");
  const confirmed = live.filter((dialog) => dialog.state === "confirmed");
  if (isRinging) return confirmed.length > 0 ? "busyRinging" : "ringing";
  if (live.length === 0) return "idle";
  // One call that is talked on hides the held ones.
  const isHeld = confirmed.length === live.length && confirmed.every((dialog) => dialog.isHeld);
  return isHeld && showsHold ? "held" : "busy";
}
