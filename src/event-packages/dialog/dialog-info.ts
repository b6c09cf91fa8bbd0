import type { XmlElement } from "#base/xml/element";
import type { LampView } from "#domain/lamp/lamp-view";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import type { BodyTemplate } from "#sip/subscription/package";
import { bodyTemplate, HOLE, shortName, withoutMarks } from "../body-template.ts";
import { shownDialogs, type ShownDialog } from "./shown-dialogs.ts";

/** What a hole is taken to hold: a version, an entity. */
const HOLE_BYTES = 40;

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

/** One full dialog-info document (RFC 4235 §4.1). `before`: what the watcher shows, as far as what is over must be told. */
export function dialogInfo(
  lamp: LampView,
  profile: PhoneProfile,
  contentType: string,
  before: LampView | undefined,
): BodyTemplate {
  const dialogs = shownDialogs(lamp, profile, before);
  let template = build(dialogs, profile, contentType, EVERYTHING);
  for (const detail of LESS) {
    if (sizeOf(template) <= profile.bodyMaxBytes) return template;
    template = build(dialogs, profile, contentType, detail);
  }
  // Those that count are first.
  for (let count = dialogs.length - 1; count > 0 && sizeOf(template) > profile.bodyMaxBytes; count -= 1)
    template = build(dialogs.slice(0, count), profile, contentType, LESS.at(-1) ?? EVERYTHING);
  return template;
}

/** The same with nothing but id, state, direction and hold. */
export function shortDialogInfo(lamp: LampView, profile: PhoneProfile, contentType: string): BodyTemplate {
  return build(shownDialogs(lamp, profile, undefined), profile, contentType, LESS.at(-1) ?? EVERYTHING);
}

function build(dialogs: readonly ShownDialog[], profile: PhoneProfile, contentType: string, detail: Detail): BodyTemplate {
  return bodyTemplate(contentType, {
    name: "dialog-info",
    attributes: { xmlns: "urn:ietf:params:xml:ns:dialog-info", version: HOLE.version, state: "full", entity: HOLE.entity },
    children: dialogs.map(({ id, direction, ...shown }) => ({
      name: "dialog",
      attributes: { id: withoutMarks(id), ...(direction === undefined ? {} : { direction }) },
      children: dialogChildren(shown, profile, detail),
    })),
  });
}

/** State, then local, then remote, as the schema orders them. */
function dialogChildren(
  { state, isHeld, remote: written }: Pick<ShownDialog, "state" | "isHeld" | "remote">,
  profile: PhoneProfile,
  detail: Detail,
): XmlElement[] {
  const other = detail.hasRemote ? written : undefined;
  const children: XmlElement[] = [{ name: "state", children: [state] }];
  if (isHeld) children.push(local(holdParameter(profile)));
  else if (detail.hasLocal && (state === "early" || other !== undefined)) children.push(local(undefined));
  if (other !== undefined) children.push(remote(other, profile, detail));
  return children;
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
function holdParameter({ parameter }: PhoneProfile): XmlElement {
  const names = parameter === "both" ? ["pval", "pvalue"] : [parameter];
  return {
    name: "param",
    attributes: { pname: "+sip.rendering", ...Object.fromEntries(names.map((name) => [name, "no"])) },
  };
}

function remote(
  { uri, name, target }: NonNullable<ShownDialog["remote"]>,
  { nameAttribute }: PhoneProfile,
  { hasName, hasTarget }: Detail,
): XmlElement {
  const names = nameAttribute === "both" ? ["display", "display-name"] : [nameAttribute];
  const shown = hasName && name !== undefined && name !== "" ? shortName(name) : undefined;
  const identity: XmlElement = {
    name: "identity",
    ...(shown === undefined ? {} : { attributes: Object.fromEntries(names.map((attribute) => [attribute, shown])) }),
    children: [withoutMarks(uri)],
  };
  const address: XmlElement = { name: "target", attributes: { uri: withoutMarks(target ?? uri) } };
  return { name: "remote", children: hasTarget ? [identity, address] : [identity] };
}

function sizeOf(template: BodyTemplate): number {
  return template.pieces.reduce((bytes, piece) => bytes + piece.length, template.holes.length * HOLE_BYTES);
}
