import assert from "node:assert/strict";
import type { Stores } from "./commit-suite.ts";
import { assertRising, freshCollection, put, Recorder } from "./harness.ts";

/** The change feed. */
export function watchSuite(stores: Stores): void {
  describe("watch", () => {
    it("tells what is there, then every change and deletion", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      await put(one, collection, "a", "1");
      await put(one, collection, "b", "1");
      const seen = new Recorder();
      const stop = await other.watch(collection, seen.listener);
      assert.deepEqual(seen.picture, { a: "1", b: "1" });
      await put(one, collection, "a", "2");
      const deleted = await put(one, collection, "b", null);
      await put(other, collection, "c", "1");
      await Promise.all([seen.until("a", "2"), seen.until("b", undefined), seen.until("c", "1")]);
      assert.deepEqual(seen.picture, { a: "2", c: "1" });
      assert.equal(seen.versionsOf("b").at(-1), deleted);
      await stop();
    });

    it("tells nothing after stop, and the others go on", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const [left, stays] = [new Recorder(), new Recorder()];
      const stopLeft = await other.watch(collection, left.listener);
      const stopStays = await other.watch(collection, stays.listener);
      await stopLeft();
      await put(one, collection, "a", "1");
      await stays.until("a", "1");
      assert.deepEqual(left.changes, []);
      await stopStays();
    });

    it("goes on when a listener throws", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const stopBad = await other.watch(collection, () => {
        throw new Error("a listener's mistake");
      });
      const seen = new Recorder();
      const stop = await other.watch(collection, seen.listener);
      await put(one, collection, "a", "1");
      await seen.until("a", "1");
      await stopBad();
      await stop();
    });

    it("tells versions in rising order, also to those who come amid the changes", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const early = new Recorder();
      const stops = [await other.watch(collection, early.listener)];
      const late = new Recorder();
      const changes = Array.from({ length: 300 }, (_, at) =>
        put(at % 2 === 0 ? one : other, collection, `r${at % 3}`, at % 7 === 0 ? null : String(at)),
      );
      stops.push(await other.watch(collection, late.listener));
      await Promise.all(changes);
      await put(one, collection, "r0", "end");
      for (const seen of [early, late]) {
        await seen.until("r0", "end");
        for (const id of ["r0", "r1", "r2"]) {
          assertRising(seen.versionsOf(id), `${id} of the ${seen === early ? "early" : "late"} one`);
        }
      }
      assert.deepEqual(late.picture, early.picture);
      for (const stop of stops) await stop();
    });

    it("has told the watchers of the same store when a commit resolves, once each, also when others commit", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const seen = new Recorder();
      const stop = await one.watch(collection, seen.listener);
      const commits = Array.from({ length: 400 }, async (_, at) => {
        const mine = at % 3 > 0;
        const version = await put(mine ? one : other, collection, `r${at % 5}`, String(at));
        if (mine) assert.ok(seen.versionsOf(`r${at % 5}`).at(-1)! >= version, `commit ${at} was not told`);
      });
      await Promise.all(commits);
      await put(other, collection, "end", "1");
      await seen.until("end", "1");
      for (const id of ["r0", "r1", "r2", "r3", "r4"]) assertRising(seen.versionsOf(id), id);
      await stop();
    });

    it("has told the watchers when a commit resolves that was under way while they came", async () => {
      const { one } = stores();
      const collection = freshCollection();
      const seen = new Recorder();
      const watching = one.watch(collection, seen.listener);
      const commits = Array.from({ length: 50 }, (_, at) => put(one, collection, `r${at}`, "v"));
      await Promise.all([watching, ...commits]);
      assert.equal(seen.changes.length, 50);
      const late = new Recorder();
      await put(one, collection, "r0", "w");
      const stops = [await watching, await one.watch(collection, late.listener)];
      assert.deepEqual(late.picture, seen.picture);
      for (const stop of stops) await stop();
    });

    it("tells the watchers of another store soon, every version once", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const seen = new Recorder();
      const stop = await other.watch(collection, seen.listener);
      for (let at = 0; at < 20; at += 1) {
        await put(one, collection, "a", String(at));
        await seen.until("a", String(at));
      }
      assert.equal(seen.changes.length, 20);
      await stop();
    });

    it("carries large and strange values", async () => {
      const { one, other } = stores();
      const collection = freshCollection();
      const seen = new Recorder();
      const stop = await other.watch(collection, seen.listener);
      for (const [id, value] of [
        ["__proto__", ":1:=3:"],
        ["😀:{}\n", "ü".repeat(128 * 1024)],
      ] as const) {
        await put(one, collection, id, value);
        await seen.until(id, value);
      }
      await stop();
    });
  });
}
