import assert from "node:assert/strict";
import { ContextSearch } from "#domain/dialplan/context-search";
import { includesOf } from "../site/site-of.ts";

describe("ContextSearch", () => {
  it("goes depth first in the order of includes, each context once (sla.md §5.4)", () => {
    const includes = { a: ["b", "c"], b: ["d", "a"], c: ["d", "e"], d: [] };
    const search = new ContextSearch(includesOf(includes));
    assert.deepEqual(search.from("a"), ["a", "b", "d", "c", "e"]);
    assert.deepEqual(new ContextSearch(includesOf({ a: ["b", "c"], b: ["c"], c: ["x"] })).from("a"), ["a", "b", "c", "x"]);
    assert.deepEqual(search.from("toString"), ["toString"]);
  });

  it("bears a chain of 100,000 includes", () => {
    const includes = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`c${at}`, [`c${at + 1}`]]));
    assert.equal(new ContextSearch(includesOf(includes)).from("c0").length, 100_001);
  });
});
