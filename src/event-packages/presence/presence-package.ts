import type { ExtensionState, LampView } from "#domain/lamp/lamp-view";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { bodyTemplate, HOLE, withoutMarks } from "../body-template.ts";

const CONTENT_TYPE = "application/pidf+xml";

/** Extension state → note, basic, on the phone (sla.md §4.5). */
const STATES: Readonly<
  Record<ExtensionState, { readonly note: string; readonly basic: "open" | "closed"; readonly isOnThePhone: boolean }>
> = {
  Idle: { note: "Ready", basic: "open", isOnThePhone: false },
  InUse: { note: "On the phone", basic: "open", isOnThePhone: true },
  Busy: { note: "On the phone", basic: "open", isOnThePhone: true },
  Unavailable: { note: "Unavailable", basic: "closed", isOnThePhone: false },
  Ringing: { note: "Ringing", basic: "open", isOnThePhone: true },
  "InUse&Ringing": { note: "Ringing", basic: "open", isOnThePhone: true },
  Hold: { note: "On hold", basic: "open", isOnThePhone: true },
};

/** Event package "presence" (RFC 3856) with PIDF documents (RFC 3863) and the activity of RFC 4480. */
export const presencePackage: EventPackage<LampView> = {
  name: "presence",
  contentTypes: [CONTENT_TYPE],
  defaultExpirySeconds: 3600,
  profileFor: () => "pidf",
  change(shown, now, _profile, contentType) {
    return showsSame(shown, now) ? undefined : { document: pidf(now, contentType), shows: now };
  },
  full(_shown, now, _profile, contentType) {
    return { document: pidf(now, contentType), shows: now };
  },
};

/** Different states may show the same, as InUse and Busy do (D-9). */
function showsSame(left: LampView, right: LampView): boolean {
  const [one, other] = [STATES[left.state], STATES[right.state]];
  return one.note === other.note && one.basic === other.basic && one.isOnThePhone === other.isOnThePhone;
}

/** Order of children: tuples, notes, extensions (E-2). */
function pidf(lamp: LampView, contentType: string): BodyTemplate {
  const { note, basic, isOnThePhone } = STATES[lamp.state];
  const person = {
    name: "dm:person",
    attributes: { id: "p1" },
    children: [{ name: "rpid:activities", children: [{ name: "rpid:on-the-phone" }] }],
  };
  return bodyTemplate(contentType, {
    name: "presence",
    attributes: {
      xmlns: "urn:ietf:params:xml:ns:pidf",
      "xmlns:dm": "urn:ietf:params:xml:ns:pidf:data-model",
      "xmlns:rpid": "urn:ietf:params:xml:ns:pidf:rpid",
      entity: HOLE.entity,
    },
    children: [
      {
        name: "tuple",
        attributes: { id: tupleId(lamp.extension) },
        children: [
          { name: "status", children: [{ name: "basic", children: [basic] }] },
          { name: "contact", attributes: { priority: "1" }, children: [HOLE.entity] },
        ],
      },
      { name: "note", children: [note] },
      ...(isOnThePhone ? [person] : []),
    ],
  });
}

/** An xs:ID: starts with a letter and holds no other marks than these (E-1). */
function tupleId(extension: string): string {
  return `t${withoutMarks(extension).replace(/[^A-Za-z0-9._-]/g, "_")}`;
}
