import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { shardKeys, shardOf } from "#store/redis/shards";
import type { Store } from "#store/store";
import { freePort, startRedis, type RedisUnderTest } from "#test/support/redis";
import { commitOf, freshCollection, openAt, put, Recorder } from "./harness.ts";

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
      const versions = seen.versionsOf(`r${at}`);
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((a, b) => a - b),
      );
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
    const asked: Promise<unknown>[] = [one.commit(commitOf(collection, "a")), one.read(collection, "a"), one.ping()];
    // Asked while the first are under way: no queue behind them.
    asked.push(one.readAll(collection), one.commit(commitOf(collection, "b")));
    for (const answer of await Promise.allSettled(asked)) {
      assert.equal(answer.status, "rejected");
      assert.equal(answer.reason.code, "store-timeout");
    }
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs > 500 && tookMs < 1200, `${tookMs} ms`);
    redis.resume();
    await eventually(() => put(one, collection, "a", "after"));
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
    });
    assert.deepEqual(seen.picture, { a: "1" });
    await redis.restart();
    const changed = await eventually(() => put(one, collection, "a", "2"));
    assert.ok(changed > version);
    await seen.until("a", "2");
    await stop();
  });

  it("tells the truth after the server lost its data", async () => {
    const collection = freshCollection();
    await put(one, collection, "lost", "1");
    await put(one, collection, "made again", "1");
    const seen = new Recorder();
    const stop = await other.watch(collection, seen.listener);
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    await put(one, collection, "made again", "2");
    await Promise.all([seen.until("lost", undefined), seen.until("made again", "2")]);
    await stop();
  });
});

describe("store redis, opening", function () {
  this.timeout(20_000);

  it("says where nobody answers", async () => {
    const port = await freePort();
    await assert.rejects(openAt(`redis://:secret@127.0.0.1:${port}`), (error: Error & { code?: string }) => {
      assert.equal(error.code, "store-unreachable");
      assert.match(error.message, new RegExp(`^the store cannot be reached \\(redis://127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  for (const [what, answer] of [
    ["hangs up", "end"],
    ["never says a word", "silence"],
  ] as const) {
    it(`gives up on a server that ${what}`, async () => {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        if (answer === "end") socket.end();
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      await assert.rejects(openAt(`redis://127.0.0.1:${port}`), {
        name: "StoreError",
        code: answer === "end" ? "store-unreachable" : "store-timeout",
      });
      server.close();
      await once(server, "close");
    });
  }

  it("works with a password and a database of its own, and names a wrong password", async () => {
    const redis = await startRedis(["--requirepass", "p@ss"]);
    const store = await openAt(`redis://:p%40ss@127.0.0.1:${redis.port}/3`);
    await put(store, "c", "a", "1");
    const seen = new Recorder();
    await store.watch("c", seen.listener);
    await put(store, "c", "a", "2");
    await seen.until("a", "2");
    await store.close();
    await assert.rejects(openAt(`redis://:wrong@127.0.0.1:${redis.port}`), { code: "store-unreachable", message: /WRONGPASS/ });
    await redis.stop();
  });

  it("refuses data of a newer release, and values that are not its own", async () => {
    const redis = await startRedis();
    const store = await openAt(redis.url);
    const client = new Redis(redis.url);
    await client.hset(shardKeys("c", shardOf("a")).records, "a", "no record");
    await assert.rejects(store.read("c", "a"), { code: "store-broken" });
    await store.close();
    await client.set("lamplighter:schema", "2");
    await assert.rejects(openAt(redis.url), { code: "store-newer" });
    await client.quit();
    await redis.stop();
  });

  it("works over a cluster of one node", async () => {
    const redis = await startRedis(["--cluster-enabled", "yes"]);
    const client = new Redis(redis.url);
    await client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383").catch(() => addSlots(client));
    await eventually(async () => {
      assert.match(await client.cluster("INFO"), /cluster_state:ok/);
    });
    const store = await openAt(`redis+cluster://127.0.0.1:${redis.port}`);
    const seen = new Recorder();
    await store.watch("c", seen.listener);
    await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        store.commit(commitOf("c", `r${at}`, { outbox: ["x"], timers: [{ name: "t", dueAt: 1 }] })),
      ),
    );
    assert.equal((await store.readAll("c")).length, 50);
    assert.equal((await store.outbox.read("c", 100)).length, 50);
    assert.equal((await store.timers.claimDue("c", 1, 1, 100)).length, 50);
    await seen.until("r49", "v");
    await store.close();
    await client.quit();
    await redis.stop();
  });

  it("finds the master through Sentinel", async () => {
    const redis = await startRedis();
    const sentinel = await startRedis(["--sentinel", "monitor", "main", "127.0.0.1", String(redis.port), "1"]);
    await sentinel.stop();
    await redis.stop();
  });
});

async function addSlots(client: Redis): Promise<void> {
  await client.call("CLUSTER", "ADDSLOTS", ...Array.from({ length: 16384 }, (_, slot) => String(slot)));
}

/** Cuts every connection that listens to changes, as a broken network would. */
async function cutListeners(redis: RedisUnderTest): Promise<void> {
  const client = new Redis(redis.url);
  await client.call("CLIENT", "KILL", "TYPE", "pubsub");
  await client.quit();
}

/** Tries until it works: connections come back by themselves, and only trying tells when. Mocha's timeout bounds it. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise(setImmediate);
    }
  }
}
