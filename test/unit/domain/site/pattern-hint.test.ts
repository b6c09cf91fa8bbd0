import assert from "node:assert/strict";
import type { Hint } from "#domain/site/site";
import { HintIndex } from "#domain/site/visible-hint";
import { includesOf, siteOf } from "./site-of.ts";

function hint(extension: string, context: string, ...devices: string[]): Hint {
  return { extension, context, devices, origin: "extensions.conf:1" };
}

describe("hints of patterns (sla.md §4.3)", () => {
  const index = new HintIndex(
    siteOf({
      hints: [
        hint("_7XXX", "phones", "SIP/${EXTEN}", "Custom:dnd${EXTEN:1}"),
        hint("_71XX", "phones", "SIP/room${EXTEN:-2}"),
        hint("7199", "phones", "SIP/door"),
        hint("_8.", "inner", "SIP/${EXTEN:1}@${CONTEXT}"),
      ],
      dialplan: includesOf({ phones: ["inner"], inner: [] }),
    }),
  );

  it("fills in the extension", () => {
    assert.deepEqual(index.find("phones", "7205"), {
      extension: "7205",
      context: "phones",
      pattern: "_7XXX",
      devices: ["SIP/7205", "Custom:dnd205"],
      origin: "extensions.conf:1",
    });
    assert.deepEqual(index.find("phones", "8123")?.devices, ["SIP/123@inner"]);
  });

  it("tries what is written first, then the more special pattern (sla.md §5.4)", () => {
    assert.deepEqual(index.find("phones", "7199")?.devices, ["SIP/door"]);
    assert.deepEqual(index.find("phones", "7150")?.devices, ["SIP/room50"]);
  });

  it("gives none to what does not match, nor to the pattern's own name", () => {
    assert.equal(index.find("phones", "720"), undefined);
    assert.equal(index.find("phones", "_7XXX"), undefined);
    assert.equal(index.find("inner", "7205"), undefined);
  });

  it("finds them in every context", () => {
    assert.deepEqual(
      index.everywhere("7205").map(({ context, pattern }) => `${context} ${pattern ?? ""}`),
      ["phones _7XXX"],
    );
  });
});
