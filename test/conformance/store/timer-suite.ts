import assert from "node:assert/strict";
import type { Store } from "#store/store";
import type { Stores } from "./commit-suite.ts";
import { commitOf, freshCollection } from "./harness.ts";

async function setTimer(store: Store, collection: string, id: string, dueAt: number | null): Promise<void> {
  await store.commit({ collection, id, expect: "any", timers: [{ name: "t", dueAt }], durability: "written" });
}

/** Timers and the outbox. */
export function timerSuite(stores: Stores): void {
  describe("timers", () => {
    it("hands out what is due, oldest first, and no more than asked", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      for (let at = 1; at <= 40; at += 1) await setTimer(one, collection, `r${at}`, 1000 + at);
      assert.deepEqual(await other.timers.claimDue(collection, 1000, 500, 100), []);
      assert.deepEqual(await other.timers.claimDue(collection, 1001, 500, 100), [{ id: "r1", name: "t", dueAt: 1001 }]);
      const some = await one.timers.claimDue(collection, 1030, 500, 7);
      assert.equal(some.length, 7);
      const rest = await other.timers.claimDue(collection, 1030, 500, 100);
      assert.equal(rest.length, 22);
      assert.deepEqual(
        rest.map(({ dueAt }) => dueAt),
        rest.map(({ dueAt }) => dueAt).sort((a, b) => a - b),
      );
      assert.equal(new Set([...some, ...rest].map(({ id }) => id)).size, 29);
    });

    it("gives each timer to one of several claimers", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      for (let at = 0; at < 60; at += 1) await setTimer(one, collection, `r${at}`, at);
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? one : other).timers.claimDue(collection, 100, 1000, 20)),
      );
      let ids = claims.flat().map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (let more = ids; more.length > 0; ids = [...ids, ...more])
        more = (await one.timers.claimDue(collection, 100, 1000, 20)).map(({ id }) => id);
      assert.equal(new Set(ids).size, 60);
      assert.equal(ids.length, 60);
    });

    it("hands a timer out again when the claim ends", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      await setTimer(one, collection, "a", 50);
      const timer = { id: "a", name: "t", dueAt: 50 };
      assert.deepEqual(await one.timers.claimDue(collection, 60, 100, 9), [timer]);
      assert.deepEqual(await other.timers.claimDue(collection, 159, 100, 9), []);
      assert.deepEqual(await other.timers.claimDue(collection, 160, 100, 9), [timer]);
    });

    it("forgets a timer that a commit clears, and moves one that it sets", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      await setTimer(one, collection, "a", 50);
      await setTimer(one, collection, "b", 50);
      assert.equal((await other.timers.claimDue(collection, 60, 100, 9)).length, 2);
      await setTimer(one, collection, "a", null);
      await setTimer(one, collection, "b", 500);
      assert.deepEqual(await other.timers.claimDue(collection, 499, 100, 9), []);
      assert.deepEqual(await other.timers.claimDue(collection, 500, 100, 9), [{ id: "b", name: "t", dueAt: 500 }]);
    });

    it("knows timers by record and name, whatever their characters", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const names = [
        ["a", '"]["'],
        ['a"', "]["],
        ["__proto__", "{}\n"],
        ["é😀", " "],
      ] as const;
      for (const [id, name] of names) await one.commit(commitOf(collection, id, { timers: [{ name, dueAt: 5 }] }));
      const due = await other.timers.claimDue(collection, 9, 100, 9);
      assert.deepEqual(
        new Set(due.map(({ id, name }) => JSON.stringify([id, name]))),
        new Set(names.map((pair) => JSON.stringify(pair))),
      );
    });
  });

  describe("outbox", () => {
    it("gives entries in commit order per record until they are acknowledged", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      for (let at = 0; at < 10; at += 1) await one.commit(commitOf(collection, `r${at % 3}`, { outbox: [`${at}a`, `${at}b`] }));
      const entries = await other.outbox.read(collection, 100);
      assert.equal(entries.length, 20);
      const ofFirst = entries.filter(({ id }) => id === "r0").map(({ payload }) => payload);
      assert.deepEqual(ofFirst, ["0a", "0b", "3a", "3b", "6a", "6b", "9a", "9b"]);
      assert.deepEqual(await one.outbox.read(collection, 5), entries.slice(0, 5));
      const done = entries.slice(0, 12).map(({ entryId }) => entryId);
      await one.outbox.acknowledge(collection, done);
      await other.outbox.acknowledge(collection, done.slice(0, 2));
      await other.outbox.acknowledge(collection, []);
      assert.deepEqual(await other.outbox.read(collection, 100), entries.slice(12));
    });
  });
}
