import assert from "node:assert/strict";
import { splitList } from "#sip/message/split-list";
import { quickly } from "#test/unit/domain/site/cpu-time";

describe("splitList", () => {
  it("splits at commas outside quotes and brackets", () => {
    assert.deepEqual(splitList('a, "b, \\", c" ,<d, e>,f'), ["a", '"b, \\", c"', "<d, e>", "f"]);
    assert.deepEqual(splitList('"<", a, ">"'), ['"<"', "a", '">"']);
    assert.deepEqual(splitList("a;b=<;>;c", ";"), ["a", "b=<;>", "c"]);
  });

  it("leaves empty values out and takes blanks off, not the byte A0", () => {
    assert.deepEqual(splitList(""), []);
    assert.deepEqual(splitList(" ,\t, "), []);
    assert.deepEqual(splitList("\xa0a\xa0 ,b"), ["\xa0a\xa0", "b"]);
  });

  it("takes an open quote or bracket to the end", () => {
    assert.deepEqual(splitList('a,"b,c'), ["a", '"b,c']);
    assert.deepEqual(splitList("a,<b,c"), ["a", "<b,c"]);
  });

  it("takes 256 values, the rest is dropped", () => {
    assert.equal(splitList("a,".repeat(255)).length, 255);
    assert.equal(splitList("a,".repeat(256)).length, 256);
    assert.equal(splitList("a,".repeat(300)).length, 256);
  });

  it("is not slowed down by what hides commas", () => {
    for (const part of [",", '",', "<,", "<>,", '"",', '"\\",'])
      assert.ok(quickly(() => splitList(part.repeat(60_000 / part.length)), 100).length <= 256);
  });
});
