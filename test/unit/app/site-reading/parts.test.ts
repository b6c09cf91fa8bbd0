import assert from "node:assert/strict";
import fc from "fast-check";
import { partsOf, PartsJoined, type Part } from "#app/site-reading/parts";

function joined(parts: Iterable<Part>): unknown {
  const result = new PartsJoined();
  for (const part of parts) result.add(structuredClone(part));
  return result.value;
}

describe("a tree in parts", () => {
  it("comes together again as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        assert.deepEqual(joined(partsOf({ value })), { value });
      }),
    );
  });

  it("has no part that is long, wherever the tree is big", () => {
    const steps = Array.from({ length: 20_000 }, (_, at) => ({ priority: at, args: "x".repeat(50) }));
    const contexts = [
      { name: "a", extensions: [{ name: "s", steps }] },
      ...Array.from({ length: 20_000 }, () => ({ name: "b" })),
    ];
    const reading = { site: { contexts, names: Array.from({ length: 20_000 }, () => "n".repeat(255)) }, unusable: undefined };
    const parts = [...partsOf(reading)];
    assert.deepEqual(joined(parts), reading);
    assert.ok(Math.max(...parts.map((part) => JSON.stringify(part).length)) < 500_000);
  });
});
