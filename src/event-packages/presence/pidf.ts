import type { XmlElement } from "#base/xml/element";
import type { LampView } from "#domain/lamp/lamp-view";
import type { PhoneProfile } from "#domain/lamp/phone-profile";
import type { BodyTemplate } from "#sip/subscription/package";
import { bodyTemplate, HOLE } from "../body-template.ts";
import { presenceState, type PresenceState } from "./presence-state.ts";
import { tupleId } from "./tuple-id.ts";

export const PIDF = "application/pidf+xml";

/** PIDF (RFC 3863) with the activity of RFC 4480. Order of children: tuples, notes, extensions (E-2). */
export function pidf(lamp: LampView, { digiumTuple }: PhoneProfile): BodyTemplate {
  const state = presenceState(lamp);
  return bodyTemplate(PIDF, {
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
          { name: "status", children: [{ name: "basic", children: [state.basic] }] },
          { name: "contact", attributes: { priority: "1" }, children: [HOLE.entity] },
        ],
      },
      ...(digiumTuple ? [digium(state)] : []),
      { name: "note", children: [state.note] },
      ...(state.activity === undefined ? [] : [person(state.activity)]),
    ],
  });
}

function person(activity: NonNullable<PresenceState["activity"]>): XmlElement {
  return {
    name: "dm:person",
    attributes: { id: "p1" },
    children: [{ name: "rpid:activities", children: [{ name: `rpid:${activity}` }] }],
  };
}

/** As Asterisk writes it for them (E-5). */
function digium({ basic, note }: PresenceState): XmlElement {
  const attributes = { type: basic === "closed" ? "unavailable" : "available", subtype: note };
  return {
    name: "tuple",
    attributes: { id: "digium-presence" },
    children: [{ name: "status", children: [{ name: "digium_presence", attributes }] }],
  };
}
