import assert from "node:assert/strict";
import { DEFAULT_XML_LIMITS, readXml } from "#base/xml/read-xml";

function refusal(text: string): string {
  const result = readXml(text);
  assert.ok(!result.ok, text.slice(0, 80));
  return result.error;
}

describe("readXml", () => {
  it("joins text and CDATA, and keeps hostile names as data", () => {
    const result = readXml('<a __proto__="x">1<![CDATA[<2>]]>3<constructor/></a>');
    assert.ok(result.ok);
    assert.equal(Object.getPrototypeOf(result.value.attributes), Object.prototype);
    assert.deepEqual(Object.entries(result.value.attributes ?? {}), [["__proto__", "x"]]);
    assert.deepEqual(result.value.children, ["1<2>3", { name: "constructor", attributes: {}, children: [] }]);
  });

  it("refuses a DOCTYPE, entities and broken documents", () => {
    assert.match(refusal('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'), /DOCTYPE/);
    for (const broken of ["", " ", "a", "<a>", "<a></b>", "<a/><b/>", "<a>&e;</a>", "<a b='1' b='2'/>", "<a b=<c/>", "<a>\0</a>"])
      refusal(broken);
  });

  it("takes documents at its limits and refuses those one past them", () => {
    const { characters, depth, elements, attributes } = DEFAULT_XML_LIMITS;
    const samples = {
      characters: (count: number) => `<a>${"x".repeat(count - 7)}</a>`,
      depth: (count: number) => "<a>".repeat(count) + "</a>".repeat(count),
      elements: (count: number) => `<a>${"<b/>".repeat(count - 1)}</a>`,
      attributes: (count: number) => `<a ${Array.from({ length: count }, (_, at) => `b${at}="1"`).join(" ")}/>`,
    };
    for (const [limit, count] of Object.entries({ characters, depth, elements, attributes })) {
      const sample = samples[limit as keyof typeof samples];
      assert.ok(readXml(sample(count)).ok, limit);
      refusal(sample(count + 1));
    }
  });
});
