import assert from "node:assert/strict";
import { UnwatchedShards } from "#store/redis/unwatched-shards";

interface Mark {
  readonly sequence: number;
  readonly life: string;
}

/** Marks of shards as a server has them; one may not answer. */
function serverOf(marks: Map<number, Mark>, isSilent: (shard: number) => boolean) {
  return {
    readMark: (_collection: string, shard: number): Promise<Mark> =>
      isSilent(shard) ? Promise.reject(new Error("no answer")) : Promise.resolve(marks.get(shard) ?? { sequence: 0, life: "" }),
    script: (): Promise<unknown> => Promise.resolve(["new life", 0]),
  };
}

describe("shards that nobody watches", () => {
  it("tell of a loss though another one does not answer in that moment", async () => {
    const marks = new Map([[3, { sequence: 7, life: "first" }]]);
    let silent = -1;
    const shards = new UnwatchedShards(
      serverOf(marks, (shard) => shard === silent),
      "subscription",
    );
    assert.equal(await shards.look(), false);
    silent = 5;
    marks.set(3, { sequence: 0, life: "" });
    assert.equal(await shards.look(), true);
  });

  it("tell nothing of one that does not answer, and its loss once it does", async () => {
    const marks = new Map([[3, { sequence: 7, life: "first" }]]);
    let silent = -1;
    const shards = new UnwatchedShards(
      serverOf(marks, (shard) => shard === silent),
      "subscription",
    );
    await shards.look();
    silent = 3;
    marks.set(3, { sequence: 9, life: "second" });
    assert.equal(await shards.look(), false);
    silent = -1;
    assert.equal(await shards.look(), true);
  });
});
