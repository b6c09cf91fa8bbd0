import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { shardKeys, shardOf } from "#store/redis/shards";
import type { Store } from "#store/store";
import { eventually } from "#test/support/eventually";
import { startRedis, type RedisUnderTest } from "#test/support/redis";
import { assertRising, commitOf, freshCollection, openAt, put, Recorder } from "./harness.ts";

/** Less than a test here may take. */
const AGAIN_MAX_MS = 15_000;

/** Bad days of Redis that no other store has. */
describe("store redis, bad days", function () {
  this.timeout(20_000);
  let redis: RedisUnderTest;
  let one: Store;
  let other: Store;

  before(async () => {
    redis = await startRedis();
    one = await openAt(redis.url);
    other = await openAt(redis.url);
  });

  after(async () => {
    await one.close();
    await other.close();
    await redis.stop();
  });

  it("repairs a watcher whose connection was cut, deletions included", async () => {
    const collection = freshCollection();
    for (const id of ["stays", "changes", "goes"]) await put(one, collection, id, "1");
    const seen = new Recorder();
    const stop = await other.watch(collection, seen.listener);
    await cutListeners(redis);
    await put(one, collection, "changes", "2");
    await put(one, collection, "goes", null);
    await put(one, collection, "comes", "1");
    await Promise.all([seen.until("changes", "2"), seen.until("goes", undefined), seen.until("comes", "1")]);
    assert.deepEqual(seen.picture, { stays: "1", changes: "2", comes: "1" });
    assert.equal(seen.versionsOf("stays").length, 1);
    await put(one, collection, "stays", "2");
    await seen.until("stays", "2");
    await stop();
  });

  it("never tells an older version after a newer one while connections are cut", async () => {
    const collection = freshCollection();
    const seen = new Recorder();
    const stop = await other.watch(collection, seen.listener);
    for (let round = 0; round < 8; round += 1) {
      const changes = Array.from({ length: 60 }, (_, at) =>
        put(one, collection, `r${at % 5}`, at % 11 === 0 ? null : `${round}.${at}`),
      );
      await Promise.all([...changes, cutListeners(redis)]);
    }
    for (let at = 0; at < 5; at += 1) {
      await put(one, collection, `r${at}`, "end");
      await seen.until(`r${at}`, "end");
      assertRising(seen.versionsOf(`r${at}`), `r${at}`);
    }
    await stop();
  });

  it("repairs what was lost without a trace", async () => {
    const collection = freshCollection();
    const seen = new Recorder();
    const stop = await other.watch(collection, seen.listener);
    const keys = shardKeys(collection, shardOf("a"));
    const client = new Redis(redis.url);
    // As a cluster's bus may do: the change is made, its message never comes.
    await client.multi().incr(keys.sequence).hset(keys.records, "a", "1:silent").exec();
    await client.quit();
    await seen.until("a", "silent");
    await stop();
  });

  it("rejects within a second while the server hangs, and works when it goes on", async () => {
    const collection = freshCollection();
    const seen = new Recorder();
    const stop = await other.watch(collection, seen.listener);
    redis.pause();
    const startedAt = performance.now();
    const asked: Promise<unknown>[] = [one.commit(commitOf(collection, "a")), one.read(collection, "a"), one.tryWrite()];
    // Asked while the first are under way: no queue behind them.
    asked.push(one.readAll(collection), one.commit(commitOf(collection, "b")));
    for (const answer of await Promise.allSettled(asked)) {
      assert.equal(answer.status, "rejected");
      assert.equal(answer.reason.code, "store-timeout");
    }
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs > 500 && tookMs < 1200, `${tookMs} ms`);
    redis.resume();
    await eventually(() => put(one, collection, "a", "after"), AGAIN_MAX_MS);
    await seen.until("a", "after");
    await stop();
  });

  it("rejects at once while the server is gone, and goes on with its data after a restart", async () => {
    const collection = freshCollection();
    const version = await put(one, collection, "a", "1");
    const seen = new Recorder();
    const stop = await other.watch(collection, seen.listener);
    await redis.kill();
    await eventually(async () => {
      const startedAt = performance.now();
      await assert.rejects(one.commit(commitOf(collection, "a")), { name: "StoreError", code: "store-unreachable" });
      assert.ok(performance.now() - startedAt < 200);
    }, AGAIN_MAX_MS);
    assert.deepEqual(seen.picture, { a: "1" });
    await redis.restart();
    const changed = await eventually(() => put(one, collection, "a", "2"), AGAIN_MAX_MS);
    assert.ok(changed > version);
    await seen.until("a", "2");
    await stop();
  });

  it("has told the watchers of the same store when a commit resolves, though their connection is cut", async () => {
    const collection = freshCollection();
    const seen = new Recorder();
    const stop = await one.watch(collection, seen.listener);
    for (let round = 0; round < 10; round += 1) {
      const commits = Array.from({ length: 40 }, async (_, at) => {
        const id = `r${at % 5}`;
        const version = await put(at % 2 === 0 ? one : other, collection, id, `${round}.${at}`);
        if (at % 2 === 0) assert.ok(seen.versionsOf(id).at(-1)! >= version, `${round}.${at} was not told`);
      });
      await Promise.all([...commits, cutListeners(redis)]);
    }
    for (let at = 0; at < 5; at += 1) assertRising(seen.versionsOf(`r${at}`), `r${at}`);
    await stop();
  });

  it("gets back what the server lost, from whoever watched it, with its timers; what is newer stays", async () => {
    const collection = freshCollection();
    const version = await put(one, collection, "lost", "1");
    await put(one, collection, "made again", "1");
    const seen = new Recorder();
    const stop = await eventually(
      () => other.watch(collection, seen.listener, ({ id }) => [{ name: "end", dueAt: id === "lost" ? 5 : null }]),
      AGAIN_MAX_MS,
    );
    let losses = 0;
    other.onLost([], () => {
      losses += 1;
    });
    await flush(redis);
    const again = await put(one, collection, "made again", "2");
    await seen.until("made again", "2");
    await eventually(async () => {
      assert.deepEqual(await one.read(collection, "lost"), { id: "lost", version, value: "1" });
      assert.equal((await one.timers.claimDue(collection, 10, 1, 10)).length, 1);
    }, AGAIN_MAX_MS);
    assert.deepEqual(seen.picture, { lost: "1", "made again": "2" });
    assert.ok(again > version, "versions go on rising");
    assert.ok((await put(one, collection, "lost", "3")) > version);
    await seen.until("lost", "3");
    await eventually(async () => {
      assert.equal(await Promise.resolve(losses), 1);
    }, AGAIN_MAX_MS);
    await stop();
  });

  it("gets back the last changes where an older state of the server came back", async () => {
    const collection = freshCollection();
    await put(one, collection, "a", "old");
    const seen = new Recorder();
    const stop = await eventually(() => other.watch(collection, seen.listener), AGAIN_MAX_MS);
    const keys = shardKeys(collection, shardOf("a"));
    const client = new Redis(redis.url);
    const [records, sequence] = [await client.hget(keys.records, "a"), await client.get(keys.sequence)];
    const version = await put(one, collection, "a", "new");
    await seen.until("a", "new");
    await client
      .multi()
      .hset(keys.records, "a", records ?? "")
      .set(keys.sequence, sequence ?? "")
      .exec();
    await client.quit();
    await eventually(async () => {
      assert.deepEqual(await one.read(collection, "a"), { id: "a", version, value: "new" });
    }, AGAIN_MAX_MS);
    assert.ok((await put(one, collection, "a", "newer")) > version);
    await seen.until("a", "newer");
    assertRising(seen.versionsOf("a"), "a");
    await stop();
  });

  it("tells of a loss in a collection that nobody watches, emptied or older, and of nothing else", async () => {
    const collection = freshCollection();
    await eventually(() => put(one, collection, "a", "1"));
    let losses = 0;
    one.onLost([collection], () => {
      losses += 1;
    });
    const keys = shardKeys(collection, shardOf("a"));
    const looks = await watchLooks(redis.url, keys.life);
    const client = new Redis(redis.url);
    const told = (expected: number): Promise<void> =>
      eventually(async () => {
        assert.equal(await Promise.resolve(losses), expected);
      });
    try {
      await looks.more(1);
      const older = (await client.get(keys.sequence)) ?? "";
      for (const value of ["2", "3"]) await put(one, collection, "a", value);
      await looks.more(2);
      assert.equal(losses, 0, "commits are no loss");
      await client.set(keys.sequence, older);
      // More than were lost: the count alone shows nothing any more.
      for (const value of ["4", "5", "6"]) await put(one, collection, "a", value);
      await told(1);
      await client.del(keys.records, keys.sequence, keys.life);
      await told(2);
      await looks.more(2);
      assert.equal(losses, 2, "each loss is told once");
    } finally {
      looks.stop();
      client.disconnect();
    }
  }).timeout(60_000);

  it("gives leases higher epochs after the server lost its data", async () => {
    const collection = freshCollection();
    const before = await eventually(() => one.leases.acquire(collection, "a", "me", 10_000), AGAIN_MAX_MS);
    await flush(redis);
    const after = await eventually(() => one.leases.acquire(collection, "a", "me", 10_000), AGAIN_MAX_MS);
    assert.ok(after.epoch > before.epoch, `${after.epoch} > ${before.epoch}`);
  });
});

async function flush(redis: RedisUnderTest): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  await client.quit();
}

/** Sees from what Redis is asked that a shard is looked at. */
async function watchLooks(url: string, key: string): Promise<{ more: (times: number) => Promise<void>; stop: () => void }> {
  let looks = 0;
  const client = new Redis(url);
  const monitor = await client.monitor();
  monitor.on("monitor", (_time: string, words: string[]) => {
    if (words[0]?.toLowerCase() === "get" && words[1] === key) looks += 1;
  });
  return {
    more: async (times) => {
      const from = looks;
      await eventually(async () => {
        assert.ok((await Promise.resolve(looks)) >= from + times);
      });
    },
    stop: () => {
      monitor.disconnect();
      client.disconnect();
    },
  };
}

/** Cuts every connection that listens to changes, as a broken network would. */
async function cutListeners(redis: RedisUnderTest): Promise<void> {
  const client = new Redis(redis.url);
  await client.call("CLIENT", "KILL", "TYPE", "pubsub");
  await client.quit();
}
