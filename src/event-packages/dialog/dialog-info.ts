import type { XmlElement } from "#base/xml/element";
import type { DeviceDialog } from "#domain/lamp/device-state";
import type { LampView } from "#domain/lamp/lamp-view";
import type { BodyTemplate } from "#sip/subscription/package";
import { bodyTemplate, HOLE, withoutMarks } from "../body-template.ts";

/** What differs between families of phones. */
export interface DialogProfile {
  /** Spelling of the second attribute of `param`: the RFC's, or both it and Asterisk's. */
  readonly parameter: "pval" | "both";
}

/** A whole document stays below this, so that a NOTIFY fits into one datagram (presence.md §8.4). */
const BODY_MAX_BYTES = 900;
/** Characters of a caller's name that a key shows. */
const NAME_MAX_CHARACTERS = 40;

/**
 * One full dialog-info document (RFC 4235 §4.1) with the mapping of sla.md §4.5 and §4.6. The dialog is always there, also when idle (D-1),
 * and has the extension as id in every document of a subscription (design §9.2), so that a phone merges them.
 */
export function dialogInfo(lamp: LampView, profile: DialogProfile, contentType: string): BodyTemplate {
  const template = build(lamp, firstDialog(lamp), profile, contentType);
  if (sizeOf(template) <= BODY_MAX_BYTES) return template;
  // Too long for one datagram (C-20): the caller is left out, never id, state or entity.
  return build(lamp, undefined, profile, contentType);
}

function build(lamp: LampView, dialog: DeviceDialog | undefined, profile: DialogProfile, contentType: string): BodyTemplate {
  const { state, isRinging, isHeld } = wireState(lamp);
  const direction = dialog?.direction ?? (isRinging ? "recipient" : undefined);
  const children: XmlElement[] = [{ name: "state", children: [state] }];
  if (isRinging) children.push(local(undefined));
  if (isHeld) children.push(local(holdParameter(profile)));
  if (state !== "terminated" && dialog?.remote !== undefined) {
    if (!isRinging && !isHeld) children.push(local(undefined));
    children.push(remote(dialog.remote));
  }
  return bodyTemplate(contentType, {
    name: "dialog-info",
    attributes: { xmlns: "urn:ietf:params:xml:ns:dialog-info", version: HOLE.version, state: "full", entity: HOLE.entity },
    children: [
      {
        name: "dialog",
        attributes: {
          id: withoutMarks(lamp.extension),
          ...(direction === undefined || state === "terminated" ? {} : { direction }),
        },
        children,
      },
    ],
  });
}

/** Extension state → dialog state (sla.md §4.5). Busy and ringing together is confirmed (design §9.1). */
function wireState(lamp: LampView): { readonly state: string; readonly isRinging: boolean; readonly isHeld: boolean } {
  switch (lamp.state) {
    case "Idle":
    case "Unavailable":
      return { state: "terminated", isRinging: false, isHeld: false };
    case "Ringing":
      return { state: "early", isRinging: true, isHeld: false };
    case "Hold":
      return { state: "confirmed", isRinging: false, isHeld: true };
    case "InUse":
    case "Busy":
    case "InUse&Ringing":
      return { state: "confirmed", isRinging: false, isHeld: false };
  }
}

/** Of several equal ones the incoming one, which can be picked up (D-4). */
function firstDialog(lamp: LampView): DeviceDialog | undefined {
  return lamp.dialogs.find((dialog) => dialog.direction === "recipient") ?? lamp.dialogs[0];
}

function local(parameter: XmlElement | undefined): XmlElement {
  const identity: XmlElement = { name: "identity", children: [HOLE.entity] };
  const target: XmlElement = {
    name: "target",
    attributes: { uri: HOLE.entity },
    ...(parameter === undefined ? {} : { children: [parameter] }),
  };
  return { name: "local", children: parameter === undefined ? [identity, target] : [target] };
}

/** The only way to show hold (sla.md §4.6). */
function holdParameter(profile: DialogProfile): XmlElement {
  return {
    name: "param",
    attributes: { pname: "+sip.rendering", pval: "no", ...(profile.parameter === "both" ? { pvalue: "no" } : {}) },
  };
}

function remote({ uri, name, target }: NonNullable<DeviceDialog["remote"]>): XmlElement {
  const display =
    name === undefined || name === ""
      ? {}
      : { attributes: { display: withoutMarks(Array.from(name).slice(0, NAME_MAX_CHARACTERS).join("")) } };
  return {
    name: "remote",
    children: [
      { name: "identity", ...display, children: [withoutMarks(uri)] },
      { name: "target", attributes: { uri: withoutMarks(target ?? uri) } },
    ],
  };
}

/** Without the holes, whose values are short. */
function sizeOf(template: BodyTemplate): number {
  return template.pieces.reduce((bytes, piece) => bytes + piece.length, 0);
}
