import assert from "node:assert/strict";
import { printXml } from "#base/xml/print-xml";

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>';

describe("printXml", () => {
  it("closes empty elements in themselves", () => {
    assert.equal(printXml({ name: "a", children: [{ name: "b", children: [""] }] }), `${PROLOG}<a><b/></a>`);
    assert.equal(printXml({ name: "a", children: [] }), `${PROLOG}<a/>`);
  });

  it("prints what looks like a reference as text", () => {
    const printed = printXml({ name: "a", attributes: { b: "p&#65;ss &foo;" }, children: ["]]> &amp;"] });
    assert.equal(printed, `${PROLOG}<a b="p&amp;#65;ss &amp;foo;">]]&gt; &amp;amp;</a>`);
  });

  it("keeps blanks of attributes and replaces what XML forbids", () => {
    const printed = printXml({ name: "a", attributes: { b: "\t\r\n\u0085\u2028\u0000\ud800" } });
    assert.equal(printed, `${PROLOG}<a b="&#9;&#13;&#10;&#133;&#8232;\ufffd\ufffd"/>`);
  });

  it("keeps namespaces where they are written", () => {
    const printed = printXml({
      name: "a",
      attributes: { xmlns: "urn:a", "xmlns:b": "urn:b" },
      children: [{ name: "c" }, { name: "b:d" }],
    });
    assert.equal(printed, `${PROLOG}<a xmlns="urn:a" xmlns:b="urn:b"><c/><b:d/></a>`);
  });

  it("indents on request, but never inside a text", () => {
    const pretty = { pretty: true, standalone: true };
    assert.equal(
      printXml({ name: "a", children: [{ name: "b", children: ["x"] }] }, pretty),
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a>\n  <b>x</b>\n</a>\n',
    );
    assert.equal(printXml({ name: "a", children: ["x", { name: "b" }] }, { pretty: true }), `${PROLOG}<a>x<b/></a>`);
  });

  it("refuses a name that is markup", () => {
    for (const name of ["", "a b", "a>", "<a", "1a", "a:b:c", "é"]) assert.throws(() => printXml({ name }));
    assert.throws(() => printXml({ name: "a", attributes: { 'x="1" y': "2" } }));
  });
});
