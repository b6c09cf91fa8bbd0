import type { XmlElement } from "#base/xml/element";

/** Characters of an id or a name that are kept. */
const TEXT_MAX_CHARACTERS = 256;

/** Name without prefix: publishers choose prefixes, and some declare none. */
export function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Children of that name, in order. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return (element?.children ?? []).flatMap((child) => (typeof child !== "string" && localName(child) === name ? [child] : []));
}

/** All elements below. */
export function descendantsOf(element: XmlElement): readonly XmlElement[] {
  return (element.children ?? []).flatMap((child) => (typeof child === "string" ? [] : [child, ...descendantsOf(child)]));
}

/** First child of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return childrenOf(element, name)[0];
}

/** Its text without blanks around, bounded; "" = none. */
export function textOf(element: XmlElement | undefined): string {
  return (element?.children ?? [])
    .filter((child) => typeof child === "string")
    .join("")
    .trim()
    .slice(0, TEXT_MAX_CHARACTERS);
}

/** An attribute, bounded; "" counts as none. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  const attributes = element?.attributes ?? {};
  const value = Object.hasOwn(attributes, name) ? attributes[name]?.trim() : undefined;
  return value === undefined || value === "" ? undefined : value.slice(0, TEXT_MAX_CHARACTERS);
}
