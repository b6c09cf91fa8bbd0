import { escapeText } from "#base/xml/escape-xml";
import type { XmlElement } from "#base/xml/element";
import { fromWire, toWire } from "#sip/message/wire-text";
import type { BodyHole, BodyTemplate } from "#sip/subscription/package";
import type { ListWatcher } from "#sip/subscription/list";
import { bodyTemplate, HOLE, shortName, withoutMarks } from "../body-template.ts";

/** A member as one NOTIFY tells it. */
export interface MemberPart {
  /** Its place in the list. */
  readonly at: number;
  readonly user: string;
  readonly uri: string;
  readonly name?: string | undefined;
  readonly contentType: string;
  /** undefined: it may not be seen. */
  readonly document: BodyTemplate | undefined;
}

const RLMI_TYPE = "application/rlmi+xml";
const RLMI_ID = "list@keys";
/** A letter, since it stands in a datagram four times. What is put into holes are digits, or looked at before. */
const BOUNDARY = "k";

/** RLMI document, its part and the last boundary, without the members and the list's URI. */
export const LIST_ENVELOPE_BYTES = 255;
/** Headers of a part, and what stands around the values of a resource element. */
const PART_BYTES = 90;
const RESOURCE_BYTES = 78;
/** What a hole of a member's document is taken to hold. */
const VERSION_BYTES = 6;

/** What a member takes of a NOTIFY, at most. */
export function partBytes({ uri, name, document, contentType }: MemberPart): number {
  const bytesOf = (text: string): number => Buffer.byteLength(escapeText(text), "utf8");
  const resource = RESOURCE_BYTES + bytesOf(uri) + (name === undefined ? 0 : bytesOf(shortName(name)) + "<name></name>".length);
  if (document === undefined) return resource;
  const holes = document.holes.reduce((bytes, hole) => bytes + (hole === "version" ? VERSION_BYTES : bytesOf(uri)), 0);
  const pieces = document.pieces.reduce((bytes, piece) => bytes + piece.length, 0);
  return resource + PART_BYTES + contentType.length + holes + pieces;
}

/** The body of a NOTIFY for a list: RLMI first, then a document a member (L-3, L-4). */
export function relatedParts(
  parts: readonly MemberPart[],
  { watcher, isFull }: { readonly watcher: ListWatcher; readonly isFull: boolean },
): BodyTemplate {
  const rlmi = bodyTemplate(RLMI_TYPE, {
    name: "list",
    attributes: {
      xmlns: "urn:ietf:params:xml:ns:rlmi",
      uri: withoutMarks(fromWire(watcher.entity)),
      version: HOLE.version,
      fullState: String(isFull),
    },
    children: parts.map(resourceElement),
  });
  const body = new TemplateText();
  const documents = parts.filter((part) => part.document !== undefined);
  const boundary = boundaryOf([rlmi, ...documents.flatMap(({ document }) => document ?? [])], [watcher.target, watcher.entity]);
  body.text(`--${boundary}\r\n${headersOf(RLMI_ID, RLMI_TYPE)}`);
  body.template(rlmi, (hole) => ({ hole }));
  for (const part of documents) {
    body.text(`\r\n--${boundary}\r\n${headersOf(contentId(part.at), part.contentType)}`);
    if (part.document !== undefined) body.template(part.document, (hole) => memberValue(hole, part, watcher));
  }
  body.text(`\r\n--${boundary}--\r\n`);
  const contentType = `multipart/related;type="${RLMI_TYPE}";start="<${RLMI_ID}>";boundary="${boundary}"`;
  // Parts of a list have no entity-tag of their own.
  return { contentType, pieces: body.pieces, holes: body.holes, tag: "" };
}

function resourceElement({ at, uri, name, document }: MemberPart): XmlElement {
  const state: Readonly<Record<string, string>> =
    document === undefined ? { state: "terminated", reason: "rejected" } : { state: "active", cid: contentId(at) };
  const names = name === undefined ? [] : [{ name: "name", children: [shortName(name)] }];
  return {
    name: "resource",
    attributes: { uri: withoutMarks(uri) },
    children: [...names, { name: "instance", attributes: { id: "1", ...state } }],
  };
}

/** A member's versions count for themselves (L-6); its URI stands where it watched alone would find the one it wrote. */
function memberValue(hole: BodyHole, { user, uri }: MemberPart, { target }: ListWatcher): Filling {
  if (hole === "version") return { hole: { member: user } };
  if (hole === "entityText") return { text: toWire(uri) };
  return { text: toWire(escapeText(hole === "entity" ? uri : fromWire(target))) };
}

function headersOf(id: string, contentType: string): string {
  return `Content-ID: <${id}>\r\nContent-Type: ${contentType}\r\nContent-Transfer-Encoding: binary\r\n\r\n`;
}

function contentId(at: number): string {
  return `${at}@keys`;
}

/** A boundary that stands in no part (RFC 2046 §5.1.1). */
function boundaryOf(templates: readonly BodyTemplate[], values: readonly string[]): string {
  const texts = [...values, ...templates.flatMap(({ pieces }) => pieces)];
  let boundary = BOUNDARY;
  while (texts.some((text) => text.includes(`--${boundary}`))) boundary += "z";
  return boundary;
}

/** What comes into a hole: a text, or another hole. */
type Filling = { readonly text: string } | { readonly hole: BodyHole };

/** Text with holes, put together piece by piece. */
class TemplateText {
  readonly pieces: string[] = [""];
  readonly holes: BodyHole[] = [];

  text(text: string): void {
    const last = this.pieces.length - 1;
    this.pieces[last] = (this.pieces[last] ?? "") + text;
  }

  template({ pieces, holes }: BodyTemplate, fill: (hole: BodyHole) => Filling): void {
    pieces.forEach((piece, at) => {
      this.text(piece);
      const hole = holes[at];
      if (hole === undefined) return;
      const filling = fill(hole);
      if ("text" in filling) this.text(filling.text);
      else {
        this.holes.push(filling.hole);
        this.pieces.push("");
      }
    });
  }
}
