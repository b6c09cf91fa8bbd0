import assert from "node:assert/strict";
import { create } from "xmlbuilder2";
import type { XMLBuilder } from "xmlbuilder2/lib/interfaces.js";
import type { XmlElement } from "./element.ts";
import { escapeText } from "./escape-xml.ts";

/** How a document is written. */
export interface PrintOptions {
  /** Writes standalone="yes" (vendor files have it). */
  readonly standalone?: boolean;
  /** One element a line, indented. Without effect when an element holds both text and elements: blanks would change the text. */
  readonly pretty?: boolean;
}

/** Names of elements and attributes are ours, never a stranger's: letters, digits, dots, dashes, one prefix. */
const NAME = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/;

/**
 * Prints a document. The only way to xmlbuilder2, which leaves "&…;" in data alone, loses tabs and newlines in attributes and
 * writes control characters raw: every value is escaped here first, so that what a parser reads is what was given.
 */
export function printXml(root: XmlElement, options: PrintOptions = {}): string {
  const standalone = options.standalone === true ? { standalone: true } : {};
  const document = create({ version: "1.0", encoding: "UTF-8", ...standalone });
  append(document, root);
  if (options.pretty !== true || hasMixedContent(root)) return document.end({ prettyPrint: false });
  return `${document.end({ prettyPrint: true })}\n`;
}

function append(parent: XMLBuilder, element: XmlElement): void {
  const node = parent.ele(checkedName(element.name));
  for (const [name, value] of Object.entries(element.attributes ?? {})) node.att(checkedName(name), escapeText(value));
  for (const child of element.children ?? []) {
    if (typeof child !== "string") append(node, child);
    // An empty text would keep the element from closing itself.
    else if (child !== "") node.txt(escapeText(child));
  }
}

function checkedName(name: string): string {
  assert.match(name, NAME, "an XML name of ours is none");
  return name;
}

function hasMixedContent(element: XmlElement): boolean {
  const children = element.children ?? [];
  const elements = children.filter((child) => typeof child !== "string");
  const texts = children.length - elements.length;
  return (texts > 0 && elements.length > 0) || elements.some(hasMixedContent);
}
