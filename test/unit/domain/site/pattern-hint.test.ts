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

  it("fills in globals, one of which may hold several devices (sla.md §5.3)", () => {
    const origin = "extensions.conf:1";
    const globals = [
      { name: "TECH", value: "SIP", origin },
      { name: "DOORS", value: "Custom:a & Custom:b&", origin },
      { name: "ALL", value: "${TECH}/lobby", origin },
    ];
    const hints = [hint("_9XX", "phones", "${TECH}/${EXTEN}", "${DOORS}", "${ALL}", "${NONE}")];
    const { devices } = new HintIndex(siteOf({ hints, dialplan: { contexts: [], globals } })).find("phones", "901") ?? {};
    assert.deepEqual(devices, ["SIP/901", "Custom:a", "Custom:b", "SIP/lobby"]);
  });

  it("finds them in every context", () => {
    assert.deepEqual(
      index.everywhere("7205").map(({ context, pattern }) => `${context} ${pattern ?? ""}`),
      ["phones _7XXX"],
    );
  });
});
