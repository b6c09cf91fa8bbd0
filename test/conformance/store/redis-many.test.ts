import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { shardKeys, shardOf } from "#store/redis/shards";
import { eventually } from "#test/support/eventually";
import { MASTER_NAME, startRedis, startSentinel, type RedisUnderTest } from "#test/support/redis";
import { ClusterUnderTest } from "#test/support/redis-cluster";
import { stopAfterEach } from "#test/support/stop-after-each";
import { commitOf, openAt, put, Recorder } from "./harness.ts";

/** A failover that fails is tried again after some more than ten seconds. */
const NEW_MASTER_MAX_MS = 60_000;

/** More than one server: Cluster and Sentinel. */
describe("store redis, many servers", function () {
  // A Sentinel looks for replicas every ten seconds, and a failover that fails is tried again after some more.
  this.timeout(90_000);
  const started = stopAfterEach();

  const connect = (redis: RedisUnderTest): Redis => {
    const client = new Redis(redis.url);
    started({
      stop: () => {
        client.disconnect();
      },
    });
    return client;
  };

  it("works over a cluster", async () => {
    const { url } = started(await ClusterUnderTest.start(0));
    const [one, other] = [started(await openAt(url)), started(await openAt(url))];
    const [mine, others] = [new Recorder(), new Recorder()];
    await one.watch("c", mine.listener);
    await other.watch("c", others.listener);
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const outcome = await one.commit(commitOf("c", `r${at}`, { outbox: ["x"], timers: [{ name: "t", dueAt: 1 }] }));
        assert.equal(outcome.type, "committed");
        assert.equal(mine.versionsOf(`r${at}`).length, 1);
      }),
    );
    assert.equal((await other.readAll("c")).length, 50);
    assert.equal((await other.outbox.read("c", 100)).length, 50);
    assert.equal((await other.timers.claimDue("c", 1, 1, 100)).length, 50);
    for (let at = 0; at < 50; at += 1) await others.until(`r${at}`, "v");
    assert.equal(others.changes.length, 50);
  });

  it("finds the master through Sentinel, and the next one when it is dead", async () => {
    const master = started(await startRedis());
    const replica = started(await startRedis(["--replicaof", "127.0.0.1", String(master.port)]));
    const replicaClient = connect(replica);
    await eventually(async () => {
      assert.match(await replicaClient.info("replication"), /master_link_status:up/);
    });
    const sentinel = started(await startSentinel(master));
    const sentinelClient = connect(sentinel);
    await eventually(async () => {
      assert.equal(((await sentinelClient.call("SENTINEL", "REPLICAS", MASTER_NAME)) as unknown[]).length, 1);
    });
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}/${MASTER_NAME}`;
    const [one, other] = [started(await openAt(url)), started(await openAt(url))];
    const seen = new Recorder();
    await other.watch("c", seen.listener);
    const version = await put(one, "c", "a", "1");
    await seen.until("a", "1");
    await eventually(async () => {
      assert.equal(await replicaClient.hget(shardKeys("c", shardOf("a")).records, "a"), `${version}:1`);
    });
    await master.kill();
    const changed = await eventually(() => put(one, "c", "a", "2"), NEW_MASTER_MAX_MS);
    assert.ok(changed > version, `${changed} > ${version}`);
    await seen.until("a", "2");
    await other.tryWrite();
  });
});
