import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { eventually } from "#test/support/eventually";
import { startRedis } from "#test/support/redis";
import { SlowProxy } from "#test/support/slow-proxy";
import { stopAfterEach } from "#test/support/stop-after-each";
import { assertRising, commitOf, openAt, put, Recorder } from "./harness.ts";

const WAY_MS = 100;
/** Nothing may begin that could need memory: less than any server uses. */
const FULL = "1";

/** Less than a test here may take. */
const AGAIN_MAX_MS = 15_000;

/** A Redis that is there, and slow, full or forgetful. */
describe("store redis, trouble", function () {
  this.timeout(20_000);
  const started = stopAfterEach();

  it("works over a slow way: many commits share it, and watchers hear of each in order", async () => {
    const redis = started(await startRedis());
    const proxy = started(await SlowProxy.open(redis.port, WAY_MS));
    const [far, near] = [started(await openAt(`redis://127.0.0.1:${proxy.port}`)), started(await openAt(redis.url))];
    const seen = new Recorder();
    await far.watch("c", seen.listener);
    const startedAt = performance.now();
    // Half of them by somebody who is much faster: their messages overtake the answers to our own.
    await Promise.all(
      Array.from({ length: 400 }, (_, at) => put(at % 2 === 0 ? far : near, "c", `r${at % 10}`, at % 17 === 0 ? null : `${at}`)),
    );
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 2 * WAY_MS, `${tookMs} ms: the way was not slow`);
    for (let at = 0; at < 10; at += 1) {
      await put(near, "c", `r${at}`, "end");
      await seen.until(`r${at}`, "end");
      assertRising(seen.versionsOf(`r${at}`), `r${at}`);
    }
    assert.equal((await far.commit(commitOf("c", "r1", { expect: 1 }))).type, "conflict");
  });

  it("refuses with the reason what a full server has no memory for, lets what ends end, and goes on when there is room", async () => {
    const redis = started(await startRedis(["--maxmemory-policy", "noeviction"]));
    const [one, other] = [started(await openAt(redis.url)), started(await openAt(redis.url))];
    const admin = new Redis(redis.url);
    started({ stop: () => admin.quit() });
    const seen = new Recorder();
    await other.watch("c", seen.listener);
    const version = await put(one, "c", "stays", "1");
    await put(one, "c", "goes", "1");
    await one.commit(commitOf("c", "stays", { value: "1", timers: [{ name: "t", dueAt: 5 }] }));
    const lease = await one.leases.acquire("c", "n", "me", 10_000);

    await admin.config("SET", "maxmemory", FULL);
    const refused = { name: "StoreError", code: "store-unwritable", message: /cannot be written.*OOM/ };
    await assert.rejects(put(one, "c", "stays", "2"), refused);
    await assert.rejects(put(one, "c", "new", "1"), refused);
    await assert.rejects(one.leases.acquire("c", "another", "me", 10_000), refused);
    assert.equal((await one.read("c", "stays"))?.value, "1");
    await assert.rejects(one.tryWrite(), refused);
    assert.deepEqual(await one.leases.acquire("c", "n", "me", 10_000), lease, "a lease is not renewed");
    assert.deepEqual(await one.timers.claimDue("c", 10, 1, 9), [{ id: "stays", name: "t", dueAt: 5 }]);
    await put(one, "c", "goes", null);
    await seen.until("goes", undefined);
    assert.deepEqual(seen.picture, { stays: "1" });

    await admin.config("SET", "maxmemory", "0");
    await one.tryWrite();
    assert.ok((await put(one, "c", "stays", "2")) > version);
    await put(one, "c", "new", "1");
    await seen.until("new", "1");
    assert.deepEqual(seen.picture, { stays: "2", new: "1" });
  });

  it("gives a server that kept nothing on disk its records back after a restart", async () => {
    const redis = started(await startRedis(["--appendonly", "no"]));
    const [one, other] = [started(await openAt(redis.url)), started(await openAt(redis.url))];
    const seen = new Recorder();
    await other.watch("c", seen.listener);
    const version = await put(one, "c", "a", "1");
    await seen.until("a", "1");
    await redis.restart();
    await eventually(async () => {
      assert.deepEqual(await one.read("c", "a"), { id: "a", version, value: "1" });
    }, AGAIN_MAX_MS);
    assert.ok((await put(one, "c", "a", "2")) > version);
    await seen.until("a", "2");
    assertRising(seen.versionsOf("a"), "a");
  });
});
