import { fail, ok, type Result } from "#base/result";
import type { XmlElement } from "#base/xml/element";
import { DEFAULT_XML_LIMITS, readXml, type XmlLimits } from "#base/xml/read-xml";
import type { DeviceState } from "#domain/lamp/device-state";
import type { PublishedPart, ReadDocument } from "./published-document.ts";
import { attributeOf, childOf, childrenOf, descendantsOf, localName, textOf } from "./xml-parts.ts";

const TUPLES_MAX = 100;

/** A document without a tuple says nothing of where the person is reached (RFC 3863 §4.1.1). */
const NOTHING_SAID: PublishedPart = { id: "", state: "UNKNOWN" };

/** Activities (RFC 4480 §3.2) that a lamp shows, the one that counts first; the others leave it idle. */
const ACTIVITIES: readonly (readonly [name: string, state: DeviceState])[] = [
  ["permanent-absence", "UNAVAILABLE"],
  ["busy", "BUSY"],
  ["on-the-phone", "INUSE"],
  ["away", "NOT_INUSE"],
];

/** What servers write into `note` when they know no activities (Asterisk, FreeSWITCH). */
const NOTES: ReadonlyMap<string, DeviceState> = new Map([
  ["on the phone", "INUSE"],
  ["on hold", "ONHOLD"],
  ["hold", "ONHOLD"],
  ["ringing", "RINGING"],
  ["busy", "BUSY"],
  ["do not disturb", "BUSY"],
  ["dnd", "BUSY"],
  ["ready", "NOT_INUSE"],
  ["unavailable", "UNAVAILABLE"],
  ["not online", "UNAVAILABLE"],
]);

/** Reads application/pidf+xml (RFC 3863, RFC 4480) as publishers write it. The error says why it is none. */
export function readPidf(text: string, limits: XmlLimits = DEFAULT_XML_LIMITS): Result<ReadDocument, string> {
  const xml = readXml(text, limits);
  if (!xml.ok) return xml;
  if (localName(xml.value) !== "presence") return fail("not a presence document");
  const tuples = childrenOf(xml.value, "tuple");
  if (tuples.length > TUPLES_MAX) return fail("too many tuples");
  const person = personState(xml.value);
  const parts = tuples.map((tuple, at): PublishedPart => {
    const id = attributeOf(tuple, "id") ?? String(at);
    return { id, state: tupleState(tuple, person) };
  });
  const entity = attributeOf(xml.value, "entity");
  return ok({ entity, document: { parts: parts.length === 0 ? [NOTHING_SAID] : parts } });
}

/** Closed counts before everything, then what the tuple says itself, then what its person does. */
function tupleState(tuple: XmlElement, person: DeviceState | undefined): DeviceState {
  const status = childOf(tuple, "status");
  const basic = textOf(childOf(status, "basic")).toLowerCase();
  if (basic === "closed") return "UNAVAILABLE";
  return activityOf([tuple]) ?? person ?? noteOf(tuple) ?? noteOf(status) ?? (basic === "open" ? "NOT_INUSE" : "UNKNOWN");
}

/** `person` and `device` of the data model (RFC 4479), and a note of the whole document. */
function personState(presence: XmlElement): DeviceState | undefined {
  const people = [...childrenOf(presence, "person"), ...childrenOf(presence, "device")];
  return activityOf(people) ?? people.map(noteOf).find((state) => state !== undefined) ?? noteOf(presence);
}

function activityOf(elements: readonly XmlElement[]): DeviceState | undefined {
  const activities = elements.flatMap(descendantsOf).filter((element) => localName(element) === "activities");
  const names = new Set(activities.flatMap(descendantsOf).map(localName));
  return ACTIVITIES.find(([name]) => names.has(name))?.[1];
}

function noteOf(element: XmlElement | undefined): DeviceState | undefined {
  const note = childrenOf(element, "note").map((child) => NOTES.get(textOf(child).toLowerCase()));
  return note.find((state) => state !== undefined);
}
