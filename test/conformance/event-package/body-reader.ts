import assert from "node:assert/strict";
import { readXml } from "#base/xml/read-xml";
import type { XmlElement } from "#base/xml/element";

/** A body as a strict phone reads it. */
export function readBody(body: string, label: string): XmlElement {
  const parsed = readXml(Buffer.from(body, "latin1").toString("utf8"));
  return parsed.ok ? parsed.value : assert.fail(`${label}: ${parsed.error}`);
}

/** All elements of that name, the root included. */
export function all(root: XmlElement, name: string): XmlElement[] {
  const below = (root.children ?? []).flatMap((child) => (typeof child === "string" ? [] : all(child, name)));
  return root.name === name ? [root, ...below] : below;
}

/** Text of the first element of that name. */
export function textOf(root: XmlElement, name: string): string | undefined {
  const [found] = all(root, name);
  return found?.children?.filter((child) => typeof child === "string").join("");
}

/** An attribute of the first element of that name. */
export function attributeOf(root: XmlElement, name: string, attribute: string): string | undefined {
  return all(root, name)[0]?.attributes?.[attribute];
}

/** Names of the children, in order. */
export function childNames(root: XmlElement): string[] {
  return (root.children ?? []).map((child) => (typeof child === "string" ? child : child.name));
}
