import assert from "node:assert/strict";
import type { XmlElement } from "#base/xml/element";
import { readXml } from "#base/xml/read-xml";

/** Attributes of one document with the path of the element that each stands on. */
export interface ReadDocument {
  readonly root: XmlElement;
  readonly values: ReadonlyMap<string, string>;
  readonly homes: ReadonlyMap<string, string>;
}

/** Reads a document and refuses an attribute that is there twice. */
export function readDocument(text: string): ReadDocument {
  const read = readXml(text, { characters: 1_000_000, depth: 16, elements: 200, attributes: 2000 });
  assert.ok(read.ok, read.ok ? "" : read.error);
  const values = new Map<string, string>();
  const homes = new Map<string, string>();
  const visit = (element: XmlElement, path: string): void => {
    for (const [name, value] of Object.entries(element.attributes ?? {})) {
      assert.ok(!values.has(name), `${name} is there twice`);
      values.set(name, value);
      homes.set(name, path);
    }
    for (const child of element.children ?? [])
      if (typeof child !== "string") visit(child, path === "" ? child.name : `${path}/${child.name}`);
  };
  visit(read.value, "");
  return { root: read.value, values, homes };
}
