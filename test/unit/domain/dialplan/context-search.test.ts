import assert from "node:assert/strict";
import { CONTEXTS_MAX, ContextSearch } from "#domain/dialplan/context-search";
import { quickly } from "../site/cpu-time.ts";
import { includesOf } from "../site/site-of.ts";

describe("ContextSearch", () => {
  it("goes depth first in the order of includes, each context once (sla.md §5.4)", () => {
    const includes = { a: ["b", "c"], b: ["d", "a"], c: ["d", "e"], d: [] };
    const search = new ContextSearch(includesOf(includes));
    assert.deepEqual(search.from("a"), ["a", "b", "d", "c", "e"]);
    assert.deepEqual(new ContextSearch(includesOf({ a: ["b", "c"], b: ["c"], c: ["x"] })).from("a"), ["a", "b", "c", "x"]);
    assert.deepEqual(search.from("toString"), ["toString"]);
  });

  it("looks through 128 contexts of a chain of 100,000", () => {
    const includes = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`c${at}`, [`c${at + 1}`]]));
    const found = new ContextSearch(includesOf(includes)).from("c0");
    assert.deepEqual([found.length, found.at(-1)], [CONTEXTS_MAX, "c127"]);
  });

  it("takes no longer from every context of a long chain, or of a star that leads back, than from one", () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `c${at}`);
    const chain = new ContextSearch(includesOf(Object.fromEntries(names.map((name, at) => [name, [`c${at + 1}`]]))));
    const star = new ContextSearch(includesOf({ ...Object.fromEntries(names.map((name) => [name, ["hub"]])), hub: names }));
    quickly(() => {
      for (const search of [chain, star]) for (const name of names) search.from(name);
    });
  });
});
