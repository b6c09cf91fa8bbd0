import { printXml } from "#base/xml/print-xml";
import type { XmlElement } from "#base/xml/element";
import { toWire } from "#sip/message/wire-text";
import type { BodyHole, BodyTemplate } from "#sip/subscription/package";

/**
 * Marks that stand for holes while a document is built: private-use characters, which no name of ours holds after `withoutMarks`.
 */
export const HOLE: Readonly<Record<Exclude<BodyHole, object>, string>> = {
  version: "\ue000",
  entity: "\ue001",
  watcher: "\ue002",
  entityText: "\ue003",
};

/** Characters of a name or a label that a key shows. */
const NAME_MAX_CHARACTERS = 40;

const MARKS = /[\ue000-\ue003]/g;
const HOLE_BY_MARK = new Map<string, BodyHole>(Object.entries(HOLE).map(([name, mark]) => [mark, name as BodyHole]));

/** Text of strangers that goes into a document: a mark in it would be a hole. */
export function withoutMarks(text: string): string {
  return text.replace(MARKS, "\ufffd");
}

/** A name of a stranger's as far as it is shown. */
export function shortName(name: string): string {
  // Not more than this is looked at: a name may be as long as a message.
  return withoutMarks(
    Array.from(name.slice(0, 2 * NAME_MAX_CHARACTERS))
      .slice(0, NAME_MAX_CHARACTERS)
      .join(""),
  );
}

/** Builds a document once and cuts it at its holes; pieces are binary strings of UTF-8. */
export function bodyTemplate(contentType: string, root: XmlElement): BodyTemplate {
  return textTemplate(contentType, printXml(root));
}

/** The same for a document that is no XML. */
export function textTemplate(contentType: string, text: string): BodyTemplate {
  const pieces: string[] = [];
  const holes: BodyHole[] = [];
  let start = 0;
  for (const match of text.matchAll(MARKS)) {
    pieces.push(toWire(text.slice(start, match.index)));
    const hole = HOLE_BY_MARK.get(match[0]);
    if (hole !== undefined) holes.push(hole);
    start = match.index + match[0].length;
  }
  pieces.push(toWire(text.slice(start)));
  return { contentType, pieces, holes };
}
