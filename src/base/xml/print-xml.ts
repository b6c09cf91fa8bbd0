import { create } from "xmlbuilder2";
import type { XMLBuilder } from "xmlbuilder2/lib/interfaces.js";
import type { XmlElement } from "./element.ts";
import { escapeXml } from "./escape-xml.ts";

/** How a document is written. */
export interface PrintOptions {
  /** Writes standalone="yes" (vendor files have it). */
  readonly standalone?: boolean;
  /** Indents; never inside elements that hold text. */
  readonly pretty?: boolean;
}

/**
 * Prints a document. The only way to xmlbuilder2, which leaves "&…;" in data alone, loses tabs and newlines in attributes and writes control
 * characters raw: every value is escaped here first, so that what a parser reads is what was given.
 */
export function printXml(root: XmlElement, options: PrintOptions = {}): string {
  const document = create({ version: "1.0", encoding: "UTF-8", ...(options.standalone === true ? { standalone: true } : {}) });
  append(document, root);
  return document.end({ prettyPrint: options.pretty === true, headless: false });
}

function append(parent: XMLBuilder, element: XmlElement): void {
  const node = parent.ele(element.name);
  for (const [name, value] of Object.entries(element.attributes ?? {})) node.att(name, escapeXml(value));
  for (const child of element.children ?? []) {
    if (typeof child === "string") node.txt(escapeXml(child));
    else append(node, child);
  }
}
