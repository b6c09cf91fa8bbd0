import type { XmlElement } from "#base/xml/element";
import { readXml } from "#base/xml/read-xml";
import { fail, ok, type Result } from "#base/result";
import { fromWire } from "#sip/message/wire-text";
import type { WatchedDialog } from "./lamp.ts";

/** A dialog-info document (RFC 4235 §4.1). */
export interface DialogDocument {
  readonly version: number;
  readonly isPartial: boolean;
  readonly entity: string;
  readonly dialogs: readonly WatchedDialog[];
}

const STATES = new Set(["trying", "proceeding", "early", "confirmed", "terminated"]);

/** Reads the body of a NOTIFY (binary string). `usePvalue` is the phone's switch for the spelling of a target's parameter. */
export function readDialogDocument(body: string, usePvalue: boolean): Result<DialogDocument, string> {
  const xml = readXml(fromWire(body));
  if (!xml.ok) return fail(`malformed XML: ${xml.error}`);
  const root = xml.value;
  if (localName(root) !== "dialog-info") return fail(`not a dialog-info document: ${root.name}`);
  const { version = "", state, entity = "" } = root.attributes ?? {};
  if (!/^\d{1,10}$/.test(version)) return fail(`dialog-info without a usable version: "${version}"`);
  if (state !== "full" && state !== "partial") return fail(`dialog-info with state "${state ?? ""}"`);
  const dialogs: WatchedDialog[] = [];
  for (const element of childrenOf(root, "dialog")) {
    const dialog = readDialog(element, usePvalue);
    if (!dialog.ok) return dialog;
    dialogs.push(dialog.value);
  }
  return ok({ version: Number(version), isPartial: state === "partial", entity, dialogs });
}

function readDialog(element: XmlElement, usePvalue: boolean): Result<WatchedDialog, string> {
  const { id = "", direction } = element.attributes ?? {};
  const stateElement = childrenOf(element, "state")[0];
  const state = stateElement === undefined ? "" : textOf(stateElement).trim();
  if (id === "") return fail("a dialog without id");
  if (!isState(state)) return fail(`dialog ${id} with state "${state}"`);
  return ok({
    id,
    state,
    direction: direction === "initiator" || direction === "recipient" ? direction : undefined,
    isHeld: isHeld(element, usePvalue),
  });
}

/** Only the spelling that the switch names is read: what is served to a phone must fit what the phone was told (polycom.md §5.4). */
function isHeld(dialog: XmlElement, usePvalue: boolean): boolean {
  const parameters = childrenOf(dialog, "local")
    .flatMap((local) => childrenOf(local, "target"))
    .flatMap((target) => childrenOf(target, "param"));
  return parameters.some(
    ({ attributes = {} }) =>
      attributes["pname"] === "+sip.rendering" && attributes[usePvalue ? "pvalue" : "pval"]?.toLowerCase() === "no",
  );
}

function isState(text: string): text is WatchedDialog["state"] {
  return STATES.has(text);
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return (element.children ?? []).filter((child) => typeof child !== "string").filter((child) => localName(child) === name);
}

function textOf(element: XmlElement): string {
  return (element.children ?? []).filter((child) => typeof child === "string").join("");
}

function localName(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(":") + 1);
}
