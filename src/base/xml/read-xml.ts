import { SaxesParser } from "saxes";
import { fail, ok, type Result } from "../result.ts";
import type { XmlElement } from "./element.ts";

/** Limits of a document that comes from outside (presence.md X-15). */
export interface XmlLimits {
  readonly characters: number;
  readonly depth: number;
  readonly elements: number;
  readonly attributes: number;
}

export const DEFAULT_XML_LIMITS: XmlLimits = { characters: 65_536, depth: 32, elements: 2000, attributes: 64 };

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: (XmlElement | string)[];
}

/** Reads a document of a stranger: no DOCTYPE, nothing external, bounded. The error says why it is refused. */
export function readXml(text: string, limits: XmlLimits = DEFAULT_XML_LIMITS): Result<XmlElement, string> {
  if (text.length > limits.characters) return fail("document too large");
  try {
    return ok(parse(text, limits));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function parse(text: string, limits: XmlLimits): XmlElement {
  const parser = new SaxesParser();
  const stack: Open[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("DOCTYPE is not allowed");
  });
  parser.on("opentag", (tag) => {
    elements += 1;
    if (elements > limits.elements) throw new Error("too many elements");
    if (stack.length >= limits.depth) throw new Error("nested too deep");
    if (Object.keys(tag.attributes).length > limits.attributes) throw new Error("too many attributes");
    stack.push({ name: tag.name, attributes: { ...tag.attributes }, children: [] });
  });
  parser.on("text", (part) => stack.at(-1)?.children.push(part));
  parser.on("cdata", (part) => stack.at(-1)?.children.push(part));
  parser.on("closetag", () => {
    const closed = stack.pop();
    if (closed === undefined) return;
    const parent = stack.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  parser.write(text).close();
  if (root === undefined) throw new Error("no element");
  return root;
}
