import assert from "node:assert/strict";
import { ID_MAX_CHARS } from "#store/limits";
import type { Store } from "#store/store";
import { commitOf, freshCollection, put } from "./harness.ts";

/** `one` and `other` stand on the same data; they are one object where a medium takes one store. */
export type Stores = () => { one: Store; other: Store };

const HOSTILE_IDS = [
  "a b",
  "{tag}",
  "}{",
  "line\nfeed\r\n",
  "\u0000",
  "sip:öäü@例え.jp",
  "😀",
  "__proto__",
  "constructor",
  "a:1:=",
  "r/other/id",
  "*?[a-z]",
  '["a","b"]',
  "x".repeat(255),
  "é".repeat(ID_MAX_CHARS),
];

const VALUES = ["", "{}", "a\u0000b\n", "ünï😀", "1:2:3", "x".repeat(256 * 1024), "é".repeat(128 * 1024)];

/** Records: versions, conflicts, atomicity, and what names and values may hold. */
export function commitSuite(stores: Stores): void {
  describe("commit", () => {
    it("creates, changes and deletes with rising versions", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const created = await put(one, collection, "a", "1");
      const changed = await put(other, collection, "a", "2");
      assert.deepEqual(await one.read(collection, "a"), { id: "a", version: changed, value: "2" });
      const deleted = await put(one, collection, "a", null);
      assert.equal(await other.read(collection, "a"), undefined);
      const again = await put(other, collection, "a", "3");
      assert.ok(created >= 1);
      assert.deepEqual([changed, deleted], [created + 1, created + 2]);
      assert.ok(again > deleted);
    });

    it("refuses a commit from another version and says what is there", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      assert.deepEqual(await one.commit(commitOf(collection, "a", { expect: 1 })), { type: "conflict", current: undefined });
      const version = await put(one, collection, "a", "1");
      const current = { id: "a", version, value: "1" };
      for (const expect of [0, version + 1]) {
        assert.deepEqual(await other.commit(commitOf(collection, "a", { expect })), { type: "conflict", current });
      }
      const outcome = await other.commit(commitOf(collection, "a", { expect: version, value: null }));
      assert.equal(outcome.type, "committed");
    });

    it("deletes what is not there without a trace", async () => {
      const { one } = stores();
      const collection = freshCollection();
      for (const expect of [0, "any"] as const) {
        assert.deepEqual(await one.commit(commitOf(collection, "a", { expect, value: null })), { type: "committed", version: 0 });
      }
      assert.deepEqual(await one.readAll(collection), []);
    });

    it("answers those who change nothing amid those who do", async () => {
      const { one } = stores();
      const collection = freshCollection();
      const outcomes = Array.from({ length: 30 }, async (_, at) => {
        await new Promise(setImmediate);
        if (at % 3 === 0) return put(one, collection, `r${at}`, "v");
        if (at % 3 === 1) return one.outbox.acknowledge(collection, []);
        return put(one, collection, "nothing", null);
      });
      await Promise.all(outcomes);
      const writing = one.commit(commitOf(collection, "a", { durability: "synced" }));
      // The write has begun now, and takes longer than a turn of the loop.
      await new Promise((resolve) => {
        process.nextTick(resolve);
      });
      await Promise.all([writing, put(one, collection, "nothing", null), one.outbox.acknowledge(collection, [])]);
    });

    it("shows what it has read or refused in every later read", async () => {
      const { one } = stores();
      const collection = freshCollection();
      const writing = put(one, collection, "a", "1");
      const [read, all, refused] = await Promise.all([
        one.read(collection, "a"),
        one.readAll(collection),
        one.commit(commitOf(collection, "a", { expect: 0 })),
      ]);
      const current = { id: "a", version: await writing, value: "1" };
      assert.deepEqual([read, all, refused], [current, [current], { type: "conflict", current }]);
    });

    it("leaves value and version alone when none is given", async () => {
      const { one } = stores();
      const collection = freshCollection();
      const version = await put(one, collection, "a", "1");
      const change = { collection, id: "a", expect: version, outbox: ["did"], durability: "written" } as const;
      assert.deepEqual(await one.commit(change), { type: "committed", version });
      assert.deepEqual(await one.read(collection, "a"), { id: "a", version, value: "1" });
    });

    it("writes value, timers and outbox together or not at all", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const refused = commitOf(collection, "a", { expect: 7, timers: [{ name: "t", dueAt: 1 }], outbox: ["no"] });
      assert.equal((await one.commit(refused)).type, "conflict");
      assert.deepEqual(await other.timers.claimDue(collection, 10, 1000, 10), []);
      assert.deepEqual(await other.outbox.read(collection, 10), []);
      assert.equal((await one.commit({ ...refused, expect: 0 })).type, "committed");
      assert.deepEqual(await other.timers.claimDue(collection, 10, 1000, 10), [{ id: "a", name: "t", dueAt: 1 }]);
      assert.deepEqual(
        (await other.outbox.read(collection, 10)).map(({ payload }) => payload),
        ["no"],
      );
    });

    it("lets one of many committers win, whatever the winner writes", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      let version = 0;
      for (const winning of ["", "0", "false", "null"]) {
        const tries = Array.from({ length: 16 }, (_, at) =>
          (at % 2 === 0 ? one : other).commit(commitOf(collection, "a", { expect: version, value: winning })),
        );
        const outcomes = await Promise.all(tries);
        const committed = outcomes.filter((outcome) => outcome.type === "committed");
        assert.equal(committed.length, 1);
        version = committed[0]!.version;
        const current = { id: "a", version, value: winning };
        assert.equal(
          outcomes.filter((outcome) => outcome.type === "conflict" && outcome.current?.version === version).length,
          15,
        );
        assert.deepEqual(await other.read(collection, "a"), current);
      }
    });

    it("keeps apart ids of any characters (X-17)", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      await Promise.all(HOSTILE_IDS.map((id, at) => put(one, collection, id, String(at))));
      for (const [at, id] of HOSTILE_IDS.entries()) assert.equal((await other.read(collection, id))?.value, String(at));
      const all = new Map((await other.readAll(collection)).map(({ id, value }) => [id, value]));
      assert.deepEqual(all, new Map(HOSTILE_IDS.map((id, at) => [id, String(at)])));
    });

    it("gives values back as they were", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      for (const [at, value] of VALUES.entries()) {
        await put(one, collection, `v${at}`, value);
        assert.equal((await other.read(collection, `v${at}`))?.value, value);
      }
    });

    it("keeps collections apart", async () => {
      const { one } = stores();
      const [mine, yours] = [freshCollection(), freshCollection()];
      await put(one, mine, "a", "1");
      assert.equal(await one.read(yours, "a"), undefined);
      assert.deepEqual(await one.readAll(yours), []);
    });

    it("refuses ids that two records could share, and too long ones (X-17)", async () => {
      const { one } = stores();
      const collection = freshCollection();
      for (const id of ["", "\ud800", "x".repeat(ID_MAX_CHARS + 1)]) {
        await assert.rejects(one.commit(commitOf(collection, id)), { code: "ERR_ASSERTION" });
      }
    });
  });
}
