import assert from "node:assert/strict";
import { diffLines } from "#cli/reload";

describe("what a reload changed", () => {
  it("is one line a kind, names counted where there are many", () => {
    const none = { added: [], removed: [], changed: [] };
    const many = Array.from({ length: 23 }, (_, at) => `h${at}`);
    assert.deepEqual(diffLines({ trunks: none }), []);
    assert.deepEqual(
      diffLines({ trunks: { ...none, added: ["T3"], changed: ["T1", "T2"] }, stations: { ...none, removed: ["a\u001b[2J"] } }),
      ["  trunks: + T3  ~ T1, T2", "  stations: - a\u2423[2J"],
    );
    assert.match(diffLines({ hints: { ...none, added: many } })[0] ?? "", /^ {2}hints: \+ h0, .*h19 and 3 more$/);
  });
});
