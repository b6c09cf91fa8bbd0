import type { XmlElement } from "#base/xml/element";
import { hashHex } from "#base/digest";
import { sameContacts, type ContactView, type RegistrationView } from "#domain/registration/registration";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { bodyTemplate, HOLE, withoutMarks } from "../body-template.ts";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";

const CONTENT_TYPE = "application/reginfo+xml";
const ID_DIGITS = 16;
/** Contacts of a document, the newest; an account has ten unless its site says otherwise. */
const CONTACTS_MAX = 20;

/** Event package "reg" (RFC 3680): where an account is registered. Always the whole of it (E-8). */
export const regPackage: EventPackage<RegistrationView> = {
  ...BY_PHONE_PROFILE,
  name: "reg",
  contentTypes: [CONTENT_TYPE],
  defaultExpirySeconds: 3761,
  change(shown, now) {
    return sameContacts(shown.contacts, now.contacts) ? undefined : { document: reginfo(now), shows: now };
  },
  full(_shown, now) {
    return { document: reginfo(now), shows: now };
  },
};

function reginfo({ contacts, at }: RegistrationView): BodyTemplate {
  const isActive = contacts.some(({ state }) => state === "active");
  const state = isActive ? "active" : contacts.length > 0 ? "terminated" : "init";
  return bodyTemplate(CONTENT_TYPE, {
    name: "reginfo",
    attributes: { xmlns: "urn:ietf:params:xml:ns:reginfo", version: HOLE.version, state: "full" },
    children: [
      {
        name: "registration",
        attributes: { aor: HOLE.entity, id: "r1", state },
        children: contacts.slice(0, CONTACTS_MAX).map((contact) => contactElement(contact, at)),
      },
    ],
  });
}

function contactElement({ key, uri, state, event, expiresAt, registeredAt, q }: ContactView, at: number): XmlElement {
  const seconds = (milliseconds: number): string => String(Math.max(0, Math.floor(milliseconds / 1000)));
  return {
    name: "contact",
    attributes: {
      // Nothing of the key can be seen in it.
      id: `c${hashHex("SHA-256", key).slice(0, ID_DIGITS)}`,
      state,
      event,
      "duration-registered": seconds(at - registeredAt),
      ...(state === "active" ? { expires: seconds(expiresAt - at) } : {}),
      ...(q !== undefined && /^(0(\.\d{1,3})?|1(\.0{1,3})?)$/.test(q) ? { q } : {}),
    },
    children: [{ name: "uri", children: [withoutMarks(uri)] }],
  };
}
