import assert from "node:assert/strict";
import fc from "fast-check";
import type { XmlElement } from "#base/xml/element";
import { escapeAttribute, escapeText } from "#base/xml/escape-xml";
import { printXml } from "#base/xml/print-xml";
import { readXml } from "#base/xml/read-xml";

const nasty = fc.constantFrom(
  "&foo;",
  "p&#65;ss",
  "]]>",
  "<!--",
  "<?",
  '"',
  "'",
  "\r\n",
  "\t",
  "\u0085",
  "\u2028",
  "\0",
  "\u0007",
  "\ud800",
  "\udc00x",
  "\uffff",
  "é",
  "😀",
  " ",
);
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(nasty, { maxLength: 6 }).map((parts) => parts.join("")),
);
const name = fc.constantFrom("a", "b-c", "reg.1.address", "_x", "D2");
const element: fc.Arbitrary<XmlElement> = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name,
    attributes: fc.dictionary(name, text, { maxKeys: 4 }),
    children: fc.array(fc.oneof({ depthSize: "small" }, text, tie("element")), { maxLength: 4 }),
  }),
})).element;

const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** What a reader may expect: forbidden characters replaced, neighbouring texts joined, empty ones gone. */
function expected(given: XmlElement): XmlElement {
  const children: (XmlElement | string)[] = [];
  for (const child of given.children ?? []) {
    const last = children.at(-1);
    if (typeof child !== "string") children.push(expected(child));
    else if (typeof last === "string") children.splice(-1, 1, last + clean(child));
    else if (child !== "") children.push(clean(child));
  }
  const attributes = Object.entries(given.attributes ?? {}).map(([key, value]) => [key, clean(value)] as const);
  return { name: given.name, attributes: Object.fromEntries(attributes), children };
}

function clean(given: string): string {
  return given.replace(FORBIDDEN, "\ufffd");
}

describe("XML printed and read again", () => {
  it("is what was given, whatever the texts", () => {
    fc.assert(
      fc.property(element, (given) => {
        assert.deepEqual(readXml(printXml(given)), { ok: true, value: expected(given) });
      }),
      { numRuns: 2000 },
    );
  });

  it("has no control character, no line end and no raw markup in its values (X-14)", () => {
    fc.assert(
      fc.property(text, (given) => {
        // eslint-disable-next-line no-control-regex -- the point of the test
        assert.doesNotMatch(escapeText(given), /[\u0000-\u001f\u0085\u2028<>"']|&(?!(amp|lt|gt|quot|apos|#\d+);)/);
      }),
      { numRuns: 2000 },
    );
  });

  it("can be spliced with bytes of a stranger", () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((given) => Buffer.from(given).toString("latin1"));
    fc.assert(
      fc.property(bytes, (given) => {
        const document = Buffer.from(`<a b="${escapeAttribute(given)}"/>`, "latin1").toString("utf8");
        assert.ok(Buffer.from(document, "utf8").toString("latin1").includes(escapeAttribute(given)), "not UTF-8");
        const value = clean(Buffer.from(given, "latin1").toString("utf8"));
        assert.deepEqual(readXml(document), { ok: true, value: { name: "a", attributes: { b: value }, children: [] } });
      }),
      { numRuns: 2000 },
    );
  });
});
