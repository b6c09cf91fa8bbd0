import { fail, ok, type Result } from "#base/result";
import type { XmlElement } from "#base/xml/element";
import { DEFAULT_XML_LIMITS, readXml, type XmlLimits } from "#base/xml/read-xml";
import type { DeviceDialog, DeviceState } from "#domain/lamp/device-state";
import type { PublishedPart, ReadDocument } from "./published-document.ts";
import { attributeOf, childOf, childrenOf, localName, textOf } from "./xml-parts.ts";

/** Dialogs of one document; a switchboard has some dozens. */
const DIALOGS_MAX = 100;

/** A document without a dialog says that there is none. */
const IDLE: PublishedPart = { id: "", state: "NOT_INUSE" };

/**
 * Reads application/dialog-info+xml (RFC 4235) as publishers write it: with any prefix, any version (P-19), attributes missing. The error
 * says why it is none.
 */
export function readDialogInfo(text: string, limits: XmlLimits = DEFAULT_XML_LIMITS): Result<ReadDocument, string> {
  const xml = readXml(text, limits);
  if (!xml.ok) return xml;
  if (localName(xml.value) !== "dialog-info") return fail("not a dialog-info document");
  const dialogs = childrenOf(xml.value, "dialog");
  if (dialogs.length > DIALOGS_MAX) return fail("too many dialogs");
  const parts: PublishedPart[] = [];
  for (const dialog of dialogs) {
    const part = partOf(dialog);
    if (part === undefined) return fail("unknown dialog state");
    parts.push(part);
  }
  const entity = attributeOf(xml.value, "entity");
  return ok({ entity, document: { parts: parts.length === 0 ? [IDLE] : parts } });
}

function partOf(dialog: XmlElement): PublishedPart | undefined {
  const id = attributeOf(dialog, "id") ?? attributeOf(dialog, "call-id") ?? "";
  const direction = attributeOf(dialog, "direction") === "initiator" ? "initiator" : "recipient";
  const written = textOf(childOf(dialog, "state")).toLowerCase();
  const state = deviceState(written, direction, isHeld(dialog));
  if (state === undefined) return undefined;
  return state === "NOT_INUSE"
    ? { id, state }
    : { id, state, dialog: { ...deviceDialog(dialog, id, direction, state), ...phaseOf(written) } };
}

/** The caller is busy while the other one rings: his lamp must not blink (D-5). */
function deviceState(written: string, direction: DeviceDialog["direction"], held: boolean): DeviceState | undefined {
  switch (written) {
    case "trying":
    case "proceeding":
    case "early":
      return direction === "initiator" ? "INUSE" : "RINGING";
    case "confirmed":
      return held ? "ONHOLD" : "INUSE";
    case "terminated":
      return "NOT_INUSE";
    default:
      return undefined;
  }
}

/** A call that is not answered yet. */
function phaseOf(written: string): Pick<DeviceDialog, "phase"> {
  if (written === "early") return { phase: "early" };
  return written === "trying" || written === "proceeding" ? { phase: "trying" } : {};
}

/** sla.md §4.6: the own side is not rendered; in the RFC's spelling of `param` or in Asterisk's. */
function isHeld(dialog: XmlElement): boolean {
  return childrenOf(childOf(childOf(dialog, "local"), "target"), "param").some(
    (param) =>
      attributeOf(param, "pname")?.toLowerCase() === "+sip.rendering" &&
      (attributeOf(param, "pval") ?? attributeOf(param, "pvalue"))?.toLowerCase() === "no",
  );
}

function deviceDialog(dialog: XmlElement, id: string, direction: DeviceDialog["direction"], state: DeviceState): DeviceDialog {
  const remote = remoteOf(childOf(dialog, "remote"));
  return {
    id,
    direction,
    ...(remote === undefined ? {} : { remote }),
    ...(state === "ONHOLD" ? { held: true } : {}),
  };
}

function remoteOf(remote: XmlElement | undefined): DeviceDialog["remote"] {
  const identity = childOf(remote, "identity");
  const target = uriIn(attributeOf(childOf(remote, "target"), "uri"));
  const uri = uriIn(textOf(identity)) ?? target;
  if (uri === undefined) return undefined;
  const name = attributeOf(identity, "display") ?? attributeOf(identity, "display-name");
  return { uri, ...(name === undefined ? {} : { name }), ...(target === undefined ? {} : { target }) };
}

/** A URI that a phone may dial; anything else is left out. Some write a name and brackets around it. */
function uriIn(text: string | undefined): string | undefined {
  const inside = /<([^<>]*)>/.exec(text ?? "")?.[1] ?? text ?? "";
  return /^(sips?|tel):[^\s<>"\p{Cc}]+$/iu.test(inside) ? inside : undefined;
}
