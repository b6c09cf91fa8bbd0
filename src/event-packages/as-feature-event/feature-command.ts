import { fail, ok, type Result } from "#base/result";
import type { XmlElement } from "#base/xml/element";
import { readXml } from "#base/xml/read-xml";
import { FORWARD_TARGET, FORWARDING_TYPES, RING_COUNT_MAX, type FeatureCommand } from "#domain/feature/features";

/**
 * Reads what a phone asks for in the body of a SUBSCRIBE (presence.md §2.10): SetDoNotDisturb or SetForwarding of CSTA. Elements that are not
 * known are ignored; the error says why it is none.
 */
export function readFeatureCommand(text: string): Result<FeatureCommand, string> {
  const xml = readXml(text);
  if (!xml.ok) return xml;
  const values = new Map((xml.value.children ?? []).flatMap((child) => (typeof child === "string" ? [] : [valueOf(child)])));
  switch (localName(xml.value.name)) {
    case "SetDoNotDisturb": {
      const on = flagOf(values.get("doNotDisturbOn"));
      return on === undefined ? fail("doNotDisturbOn is true or false") : ok({ type: "doNotDisturb", on });
    }
    case "SetForwarding":
      return readForwarding(values);
    default:
      return fail("neither SetDoNotDisturb nor SetForwarding");
  }
}

function readForwarding(values: ReadonlyMap<string, string>): Result<FeatureCommand, string> {
  const type = FORWARDING_TYPES.find((name) => name === values.get("forwardingType"));
  const active = flagOf(values.get("activateForward"));
  if (type === undefined || active === undefined) return fail("forwardingType or activateForward is missing");
  const target = values.get("forwardDN") ?? "";
  if (target !== "" && !FORWARD_TARGET.test(target)) return fail("forwardDN cannot be dialled");
  const rings = values.get("ringCount") ?? "";
  const isCount = /^\d{1,3}$/.test(rings) && Number(rings) <= RING_COUNT_MAX;
  return ok({ type, active, ...(target === "" ? {} : { target }), ...(isCount ? { ringCount: Number(rings) } : {}) });
}

function valueOf({ name, children = [] }: XmlElement): readonly [string, string] {
  return [
    localName(name),
    children
      .filter((child) => typeof child === "string")
      .join("")
      .trim(),
  ];
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function flagOf(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase();
  return word === "true" || word === "1" ? true : word === "false" || word === "0" ? false : undefined;
}
