import { escapeAttribute } from "#base/xml/escape-xml";
import { spliceBody } from "#sip/subscription/notify-text";
import type { BodyTemplate } from "#sip/subscription/package";

/** A document as it goes to a watcher who wrote `entity`; a binary string. */
export function splicedBody(template: BodyTemplate, version: number, entity: string): string {
  const watcher = escapeAttribute("sip:5001@h;line=1");
  return spliceBody(template, { entity: escapeAttribute(entity), watcher, entityText: entity }, version);
}
