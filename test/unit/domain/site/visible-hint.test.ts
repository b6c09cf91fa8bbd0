import assert from "node:assert/strict";
import { HintIndex } from "#domain/site/visible-hint";
import type { Hint } from "#domain/site/site";
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
});
