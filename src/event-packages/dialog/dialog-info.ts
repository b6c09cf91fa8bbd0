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

/**
 * A document stays below this, whatever a caller is called: with the head of a NOTIFY (up to 600 bytes) it fits into a datagram of 1300
 * (presence.md §8.4, S-9).
 */
const BODY_MAX_BYTES = 700;
/** What a hole is taken to hold: a version, an entity. */
const HOLE_BYTES = 40;
/** Characters of a caller's name that a key shows. */
const NAME_MAX_CHARACTERS = 40;

/** What is told besides id, state, entity, direction and hold. */
interface Detail {
  readonly hasName: boolean;
  readonly hasLocal: boolean;
  readonly hasTarget: boolean;
  readonly hasRemote: boolean;
}

const EVERYTHING: Detail = { hasName: true, hasLocal: true, hasTarget: true, hasRemote: true };

/** What goes first when a document is too long (C-20). */
const LESS: readonly Detail[] = [
  { ...EVERYTHING, hasName: false },
  { ...EVERYTHING, hasName: false, hasLocal: false },
  { ...EVERYTHING, hasName: false, hasLocal: false, hasTarget: false },
  { hasName: false, hasLocal: false, hasTarget: false, hasRemote: false },
];

/**
 * One full dialog-info document (RFC 4235 §4.1) with the mapping of sla.md §4.5 and §4.6. The dialog is always there, also when idle (D-1),
 * and has the extension as id in every document of a subscription (design §9.2), so that a phone merges them.
 */
export function dialogInfo(lamp: LampView, profile: DialogProfile, contentType: string): BodyTemplate {
  let template = build(lamp, profile, contentType, EVERYTHING);
  for (const detail of LESS) {
    if (sizeOf(template) <= BODY_MAX_BYTES) return template;
    template = build(lamp, profile, contentType, detail);
  }
  return template;
}

/** The same with nothing but id, state, direction and hold. */
export function shortDialogInfo(lamp: LampView, profile: DialogProfile, contentType: string): BodyTemplate {
  return build(lamp, profile, contentType, LESS.at(-1) ?? EVERYTHING);
}

function build(lamp: LampView, profile: DialogProfile, contentType: string, detail: Detail): BodyTemplate {
  const shown = wireState(lamp);
  // Lamps put the dialog that counts first (D-4).
  const dialog = shown.state === "terminated" ? undefined : lamp.dialogs[0];
  const direction = dialog?.direction ?? (shown.isRinging ? "recipient" : undefined);
  return bodyTemplate(contentType, {
    name: "dialog-info",
    attributes: { xmlns: "urn:ietf:params:xml:ns:dialog-info", version: HOLE.version, state: "full", entity: HOLE.entity },
    children: [
      {
        name: "dialog",
        attributes: { id: withoutMarks(lamp.extension), ...(direction === undefined ? {} : { direction }) },
        children: dialogChildren(shown, dialog, profile, detail),
      },
    ],
  });
}

/** State, then local, then remote, as the schema orders them. */
function dialogChildren(
  shown: WireState,
  dialog: DeviceDialog | undefined,
  profile: DialogProfile,
  detail: Detail,
): XmlElement[] {
  const other = detail.hasRemote ? dialog?.remote : undefined;
  const children: XmlElement[] = [{ name: "state", children: [shown.state] }];
  if (shown.isHeld) children.push(local(holdParameter(profile)));
  else if (detail.hasLocal && (shown.isRinging || other !== undefined)) children.push(local(undefined));
  if (other !== undefined) children.push(remote(other, detail));
  return children;
}

interface WireState {
  readonly state: string;
  readonly isRinging: boolean;
  readonly isHeld: boolean;
}

/** Extension state → dialog state (sla.md §4.5). Busy and ringing together is confirmed (design §9.1). */
function wireState(lamp: LampView): WireState {
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

function remote({ uri, name, target }: NonNullable<DeviceDialog["remote"]>, { hasName, hasTarget }: Detail): XmlElement {
  const identity: XmlElement = {
    name: "identity",
    ...(hasName && name !== undefined && name !== "" ? { attributes: { display: shortName(name) } } : {}),
    children: [withoutMarks(uri)],
  };
  const address: XmlElement = { name: "target", attributes: { uri: withoutMarks(target ?? uri) } };
  return { name: "remote", children: hasTarget ? [identity, address] : [identity] };
}

function shortName(name: string): string {
  // Not more than this is looked at: a name may be as long as a message.
  return withoutMarks(
    Array.from(name.slice(0, 2 * NAME_MAX_CHARACTERS))
      .slice(0, NAME_MAX_CHARACTERS)
      .join(""),
  );
}

function sizeOf(template: BodyTemplate): number {
  return template.pieces.reduce((bytes, piece) => bytes + piece.length, template.holes.length * HOLE_BYTES);
}
