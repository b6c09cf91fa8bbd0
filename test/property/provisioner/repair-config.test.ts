import assert from "node:assert/strict";
import fc from "fast-check";
import { printXml } from "#base/xml/print-xml";
import { readPolycomConfig } from "#provisioner/vendors/polycom/read-config";

/** Words of a file of a phone, without anything that a printed page could confuse. */
const WORD = fc.stringMatching(/^[\w .:@&<>-]{0,20}$/);
const NAME = fc
  .integer({ min: 1, max: 34 })
  .chain((number) => fc.constantFrom(`reg.${number}.label`, `reg.${number}.address`, "attendant.reg"));
const ELEMENT = fc.record({ name: fc.constantFrom("reg", "attendant", "call"), attributes: fc.dictionary(NAME, WORD) });
const FILE = fc.array(ELEMENT, { maxLength: 5 }).map((children) => ({ name: "polycomConfig", children }));

describe("the repair of a printed file of a phone", () => {
  it("gives back every parameter, whatever marks the page put for quotes", () => {
    fc.assert(
      fc.property(FILE, fc.infiniteStream(fc.constantFrom("\u201c", "\u201d", "\u2033", "\u201e", '"')), (file, marks) => {
        const typed = printXml(file, { pretty: true });
        const printed = typed.replaceAll('"', () => marks.next().value ?? '"');
        const [good, repaired] = [typed, printed].map((text) => readPolycomConfig(text, "p.cfg"));
        assert.deepEqual(repaired?.parameters, good?.parameters);
        assert.deepEqual([repaired?.repaired, repaired?.rejected], [typed, false]);
        assert.equal(repaired?.diagnostics.length, printed.match(/[\u201c\u201d\u2033\u201e]/g)?.length ?? 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("bears any text, and never changes its own result", () => {
    const part = fc.constantFrom(
      "<reg ",
      "<!–",
      "–>",
      "<!--",
      "-->",
      "”",
      '"',
      "'",
      "’",
      "=",
      "a.b",
      "/>",
      "<?xml ",
      "?>",
      "<![CDATA[",
      "]]>",
      "\n",
      "\u00a0",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
        const reading = readPolycomConfig(parts.join(""), "p.cfg");
        for (const { line, column, message } of reading.diagnostics) {
          assert.ok(line >= 1 && column >= 1);
          assert.doesNotMatch(message, /[\p{Cc}\p{Zl}\p{Zp}]/u);
        }
        if (!reading.rejected) assert.equal(readPolycomConfig(reading.repaired, "p.cfg").repaired, reading.repaired);
      }),
      { numRuns: 2000 },
    );
  });
});
