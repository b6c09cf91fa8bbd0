import { hashHex } from "#base/digest";
import type { DeviceDialog } from "#domain/lamp/device-state";
import type { LampView } from "#domain/lamp/lamp-view";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import { toWire } from "#sip/message/wire-text";
import { ANONYMOUS } from "../anonymous.ts";

/** A dialog element as a kind of phone is told it. */
export interface ShownDialog {
  readonly id: string;
  readonly state: "trying" | "early" | "confirmed" | "terminated";
  readonly direction?: DeviceDialog["direction"] | undefined;
  /** Rendered on this side: no (sla.md §4.6). */
  readonly isHeld: boolean;
  readonly remote?: DeviceDialog["remote"];
}

/** Dialog elements of a document; a switchboard may have a hundred calls, a datagram not. */
const DIALOGS_MAX = 20;
const ID_DIGITS = 16;

/**
 * The dialog elements of a lamp (sla.md §4.5, §4.6). In a document of a single one its id is the extension, also when idle (D-1, design
 * §9.2); else each call has an id, and those that were shown and are over are told once (D-2).
 */
export function shownDialogs(lamp: LampView, profile: PhoneProfile, before: LampView | undefined): readonly ShownDialog[] {
  if (profile.dialogElements === "single") {
    const one = theOne(lamp, profile);
    return one.state === "terminated" && profile.idleDocument === "empty" ? [] : [one];
  }
  const live = eachCall(lamp, profile);
  const over = before === undefined ? [] : eachCall(before, profile).filter((old) => live.every(({ id }) => id !== old.id));
  const all = [...live, ...over.map(({ id, direction }): ShownDialog => ({ id, state: "terminated", direction, isHeld: false }))];
  return all.length > 0 || profile.idleDocument === "empty" ? all : [theOne(lamp, profile)];
}

/** The state that a lamp has in a document. */
export function shownState(lamp: LampView, profile: PhoneProfile): ShownDialog["state"] {
  switch (lamp.state) {
    case "Idle":
      return "terminated";
    case "Unavailable":
      return profile.offline;
    case "Ringing":
      return "early";
    case "InUse&Ringing":
      return profile.busyRinging;
    case "Hold":
      return profile.hold === "rendering" ? "confirmed" : profile.hold;
    case "InUse":
    case "Busy":
      return lamp.dialogs[0] === undefined ? "confirmed" : callState(lamp.dialogs[0], profile);
  }
}

function theOne(lamp: LampView, profile: PhoneProfile): ShownDialog {
  const state = shownState(lamp, profile);
  const isRinging = lamp.state === "Ringing" || (lamp.state === "InUse&Ringing" && state === "early");
  // Lamps put the dialog that counts first (D-4); a call that rings beside another one is behind it.
  const dialog =
    state === "terminated" ? undefined : ((isRinging ? lamp.dialogs.find(isIncoming) : undefined) ?? lamp.dialogs[0]);
  return {
    id: lamp.extension,
    state,
    direction: dialog?.direction ?? (isRinging ? "recipient" : undefined),
    isHeld: lamp.state === "Hold" && state === "confirmed",
    ...remoteOf(dialog, state, profile),
  };
}

/** Calls of a lamp with ids of their own, which tell nothing of the peer's Call-ID (presence.md §2.2, P-1). */
function eachCall(lamp: LampView, profile: PhoneProfile): readonly ShownDialog[] {
  if (lamp.state === "Idle") return [];
  // A state that nobody tells the calls of is one of its own.
  if (lamp.dialogs.length === 0 || lamp.state === "Unavailable")
    return [theOne(lamp, profile)].filter(({ state }) => state !== "terminated");
  const taken = new Set<string>();
  return lamp.dialogs.slice(0, DIALOGS_MAX).map((dialog): ShownDialog => {
    const state = stateInCall(lamp, dialog, profile);
    return {
      id: freshId(dialog, taken),
      state,
      direction: dialog.direction,
      isHeld: dialog.held === true && state === "confirmed",
      ...remoteOf(dialog, state, profile),
    };
  });
}

function stateInCall(lamp: LampView, dialog: DeviceDialog, profile: PhoneProfile): ShownDialog["state"] {
  if (lamp.state === "Ringing") return "early";
  if (dialog.held === true && profile.hold !== "rendering") return profile.hold;
  return callState(dialog, profile);
}

/** A call of a party that is busy (D-5). */
function callState(dialog: DeviceDialog, { callerEarly }: PhoneProfile): ShownDialog["state"] {
  if (dialog.phase === undefined) return "confirmed";
  return dialog.direction === "initiator" ? callerEarly : "early";
}

function isIncoming({ direction, phase }: DeviceDialog): boolean {
  return direction === "recipient" && phase !== undefined;
}

/** Two publishers may call different calls the same. */
function freshId({ id }: DeviceDialog, taken: Set<string>): string {
  const base = `d${hashHex("SHA-256", toWire(id)).slice(0, ID_DIGITS)}`;
  let own = base;
  for (let copy = 2; taken.has(own); copy += 1) own = `${base}-${copy}`;
  taken.add(own);
  return own;
}

function remoteOf(
  dialog: DeviceDialog | undefined,
  state: ShownDialog["state"],
  { identityInConfirmed, namesCallers }: PhoneProfile,
): Pick<ShownDialog, "remote"> {
  const isNamed = state === "early" || state === "trying" || (state === "confirmed" && identityInConfirmed);
  if (!isNamed || dialog?.remote === undefined) return {};
  return { remote: namesCallers ? dialog.remote : ANONYMOUS };
}
