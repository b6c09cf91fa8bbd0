import { SaxesParser } from "saxes";
import { fail, ok, type Result } from "../result.ts";
import type { XmlElement } from "./element.ts";

/** Limits of a document that comes from outside (presence.md X-15). */
export interface XmlLimits {
  /** Characters of the whole document. */
  readonly characters: number;
  readonly depth: number;
  readonly elements: number;
  /** Attributes of one element. */
  readonly attributes: number;
}

export const DEFAULT_XML_LIMITS: XmlLimits = { characters: 65_536, depth: 32, elements: 2000, attributes: 64 };

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

/** Reads a document of a stranger: no DOCTYPE, nothing external, bounded. The error says why it is refused. */
export function readXml(text: string, limits: XmlLimits = DEFAULT_XML_LIMITS): Result<XmlElement, string> {
  if (text.length > limits.characters) return fail("document too large");
  try {
    return ok(parse(text, limits));
  } catch (error) {
    // The parser speaks in exceptions: this is the one place where they become a value.
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function parse(text: string, limits: XmlLimits): XmlElement {
  const parser = new SaxesParser();
  const tree = new Tree(limits);
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("DOCTYPE is not allowed");
  });
  parser.on("opentag", (tag) => {
    tree.open(tag.name, tag.attributes);
  });
  parser.on("text", (part) => {
    tree.text(part);
  });
  parser.on("cdata", (part) => {
    tree.text(part);
  });
  parser.on("closetag", () => {
    tree.close();
  });
  parser.write(text).close();
  return tree.root();
}

/** The elements read so far; the innermost open one is the last. */
class Tree {
  readonly #limits: XmlLimits;
  readonly #open: OpenElement[] = [];
  #elements = 0;
  #root: XmlElement | undefined;

  constructor(limits: XmlLimits) {
    this.#limits = limits;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#elements += 1;
    if (this.#elements > this.#limits.elements) throw new Error("too many elements");
    if (this.#open.length >= this.#limits.depth) throw new Error("nested too deep");
    if (Object.keys(attributes).length > this.#limits.attributes) throw new Error("too many attributes");
    this.#open.push({ name, attributes: { ...attributes }, children: [] });
  }

  /** Text in pieces (around CDATA) becomes one string. */
  text(part: string): void {
    const children = this.#open.at(-1)?.children;
    const last = children?.at(-1);
    if (typeof last === "string") children?.splice(-1, 1, last + part);
    else if (part !== "") children?.push(part);
  }

  close(): void {
    const closed = this.#open.pop();
    if (closed === undefined) return;
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = closed;
    else parent.children.push(closed);
  }

  root(): XmlElement {
    if (this.#root === undefined) throw new Error("no element");
    return this.#root;
  }
}
