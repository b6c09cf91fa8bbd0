import assert from "node:assert/strict";
import { shardKeys } from "#store/redis/shards";
import type { Store } from "#store/store";
import { eventually } from "#test/support/eventually";
import { ClusterUnderTest } from "#test/support/redis-cluster";
import { stopAfterEach } from "#test/support/stop-after-each";
import { ACL_LINE, assertRising, openAt, put, Recorder } from "./harness.ts";

const RECORDS = 40;
/** The first slots of the first master, in which this shard is. */
const SLOTS = 450;
const MOVED_SHARD = 9;
/** Until a replica has taken its master's place. */
const NEW_MASTER_MAX_MS = 60_000;

/** A Cluster that changes under the store. */
describe("store redis, a Cluster that moves", function () {
  this.timeout(90_000);
  const started = stopAfterEach();

  it("commits go on while slots move from one master to another, and nothing is lost or told twice", async () => {
    const cluster = started(await ClusterUnderTest.start(0));
    const [one, other] = [started(await openAt(cluster.url)), started(await openAt(cluster.url))];
    const seen = new Recorder();
    await other.watch("c", seen.listener);
    const counts = startCounting(one, RECORDS);
    const [from, to] = [cluster.nodes[0]!, cluster.nodes[1]!];
    await counts.until(RECORDS * 3);
    const slot = (await cluster.ask(from, "CLUSTER", "KEYSLOT", shardKeys("c", MOVED_SHARD).records)).trim();
    await cluster.reshard(from, to, SLOTS);
    assert.notEqual((await cluster.ask(to, "CLUSTER", "COUNTKEYSINSLOT", slot)).trim(), "0", "no shard of ours moved");
    await cluster.reshard(to, from, SLOTS);
    await counts.until(counts.acknowledged + RECORDS * 3);
    const failures = await counts.stop();
    for (const [id, count] of counts.values) {
      assert.equal((await one.read("c", id))?.value, String(count), id);
      await seen.until(id, String(count));
      assertRising(seen.versionsOf(id), id);
    }
    assert.deepEqual(failures, [], "commits failed");
  });

  it("six servers, one master dies: its replica goes on, with the rights of the README's user alone", async () => {
    const cluster = started(await ClusterUnderTest.start(1));
    for (const node of cluster.nodes) assert.match(await cluster.ask(node, ...ACL_LINE.split(" ")), /OK/);
    const url = cluster.url.replace("//", "//lamplighter:PASSWORD@");
    const [one, other] = [started(await openAt(url)), started(await openAt(url))];
    const seen = new Recorder();
    await other.watch("c", seen.listener);
    const versions = new Map<string, number>();
    for (let at = 0; at < RECORDS; at += 1) versions.set(`r${at}`, await put(one, "c", `r${at}`, "1"));
    // The first three are masters. What the replica has not received yet is lost with its master: wait for it.
    assert.match(await cluster.ask(cluster.nodes[0]!, "WAIT", "1", "5000"), /1/);
    await cluster.nodes[0]!.kill();
    for (const [id, version] of versions) {
      const changed = await eventually(() => put(one, "c", id, "2"), NEW_MASTER_MAX_MS);
      assert.ok(changed > version, `${id}: ${changed} > ${version}`);
      await seen.until(id, "2");
      assertRising(seen.versionsOf(id), id);
    }
    assert.equal((await eventually(() => other.readAll("c"))).length, RECORDS);
    await eventually(() => other.tryWrite());
  });
});

/** Raises the counts of some records as fast as it goes, each from the version it made before. */
function startCounting(store: Store, records: number) {
  const values = new Map<string, number>();
  const failures: unknown[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let acknowledged = 0;
  let isStopped = false;
  const count = async (id: string): Promise<void> => {
    for (let value = 1; !isStopped; value += 1) {
      try {
        await put(store, "c", id, String(value));
      } catch (error) {
        failures.push(error);
        return;
      }
      values.set(id, value);
      acknowledged += 1;
      for (const waiter of waiting) if (acknowledged >= waiter.count) waiter.resolve();
    }
  };
  const all = Promise.all(Array.from({ length: records }, (_, at) => count(`r${at}`)));
  return {
    values,
    get acknowledged() {
      return acknowledged;
    },
    /** Resolves once so many commits were acknowledged; rejects when all have failed before. */
    until: async (wanted: number): Promise<void> => {
      const reached = new Promise<void>((resolve) => waiting.push({ count: wanted, resolve }));
      const ended = all.then(() => {
        throw new Error("all ended early", { cause: failures[0] });
      });
      await Promise.race([reached, ended]);
    },
    stop: async (): Promise<readonly unknown[]> => {
      isStopped = true;
      await all;
      return failures;
    },
  };
}
