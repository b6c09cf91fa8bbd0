import assert from "node:assert/strict";
import type { Stores } from "./commit-suite.ts";
import { freshCollection, put, Recorder } from "./harness.ts";

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
          const versions = seen.versionsOf(id);
          assert.deepEqual(
            versions,
            [...new Set(versions)].sort((a, b) => a - b),
            `${id} of the ${seen === early ? "early" : "late"} one`,
          );
        }
      }
      assert.deepEqual(late.picture, early.picture);
      for (const stop of stops) await stop();
    });

    it("tells the change before its commit resolves, or soon after", async () => {
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
