import assert from "node:assert/strict";
import { Turns } from "#store/redis/turns";

describe("turns", () => {
  it("lets so many run at once and the others wait, in order, whoever fails", async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((at) =>
      turns.take(async () => {
        begun.push(at);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (at === 0) throw new Error("first");
        return at;
      }),
    );
    const first = assert.rejects(all[0]!, /first/);
    assert.deepEqual(begun, [0, 1]);
    ends[0]!();
    await first;
    assert.deepEqual(begun, [0, 1, 2]);
    ends[1]!();
    await all[1];
    ends[2]!();
    await all[2];
    assert.deepEqual(begun, [0, 1, 2, 3]);
    ends[3]!();
    assert.equal(await all[3], 3);
    const free = turns.take(() => Promise.resolve("at once"));
    assert.equal(await free, "at once");
  });
});
