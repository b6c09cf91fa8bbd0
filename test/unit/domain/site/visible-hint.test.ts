import assert from "node:assert/strict";
import { HintIndex } from "#domain/site/visible-hint";
import type { Hint } from "#domain/site/site";
import { quickly } from "./cpu-time.ts";
import { includesOf, siteOf } from "./site-of.ts";

function hint(extension: string, context: string, device: string): Hint {
  return { extension, context, devices: [device], origin: "test" };
}

describe("HintIndex", () => {
  const hints = [
    hint("1", "inner", "SIP/inner"),
    hint("1", "outer", "SIP/outer"),
    hint("1", "outer", "SIP/late"),
    hint("2", "inner", "SIP/2"),
  ];
  const index = new HintIndex(siteOf({ hints, dialplan: includesOf({ outer: ["inner"] }) }));

  it("finds the first hint of the nearest context", () => {
    assert.equal(index.find("outer", "1")?.devices[0], "SIP/outer");
    assert.equal(index.find("outer", "2")?.devices[0], "SIP/2");
    assert.equal(index.find("inner", "1")?.devices[0], "SIP/inner");
    assert.equal(index.find("elsewhere", "1"), undefined);
    assert.equal(index.find("__proto__", "constructor"), undefined);
  });

  it("finds the hints of a name in every context", () => {
    assert.deepEqual(
      index.everywhere("1").map(({ devices }) => devices[0]),
      ["SIP/inner", "SIP/outer"],
    );
  });

  it("takes the most special pattern, and of two spellings of one the first", () => {
    const patterns = ["_X.", "_7XXX", "_7-XXX", "_71XX", "_7[5-1]"].map((name) => hint(name, "c", `SIP/${name}`));
    const ofPatterns = new HintIndex(siteOf({ hints: patterns }));
    const deviceOf = (extension: string): string | undefined => ofPatterns.in("c", extension)?.devices[0];
    assert.deepEqual(["7101", "7201", "72-01", "72013", "8", "_7XXX"].map(deviceOf), [
      "SIP/_71XX",
      "SIP/_7XXX",
      "SIP/_7XXX",
      "SIP/_X.",
      undefined,
      undefined,
    ]);
  });

  it("finds an extension among 20,000 patterns without trying each", () => {
    const patterns = Array.from({ length: 20_000 }, (_, at) => hint(`_${String(at).padStart(5, "0")}X`, "c", "SIP/${EXTEN}"));
    const ofPatterns = new HintIndex(siteOf({ hints: patterns }));
    quickly(() => {
      for (let at = 0; at < 10_000; at += 1) {
        const extension = `${String(19_999 - at).padStart(5, "0")}5`;
        assert.equal(ofPatterns.in("c", extension)?.devices[0], `SIP/${extension}`);
      }
    }, 2000);
  });
});
