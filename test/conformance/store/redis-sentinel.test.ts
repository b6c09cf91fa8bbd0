import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { eventually } from "#test/support/eventually";
import { FakeSentinel } from "#test/support/fake-sentinel";
import { startRedis } from "#test/support/redis";
import { stopAfterEach } from "#test/support/stop-after-each";
import { freshCollection, openAt, put } from "./harness.ts";

describe("store redis, Sentinel", function () {
  this.timeout(30_000);
  const started = stopAfterEach();

  it("is there again when the master changes while a lost connection is being made anew", async () => {
    const redis = started(await startRedis());
    const sentinel = started(await FakeSentinel.start(redis.port));
    const store = started(await openAt(`redis+sentinel://127.0.0.1:${sentinel.port}/main`));
    const collection = freshCollection();
    await put(store, collection, "a", "1");
    // Both connections listen to the Sentinel.
    await eventually(() => {
      assert.equal(sentinel.figures.subscribers, 2);
    });
    sentinel.hold();
    const client = new Redis(redis.url);
    await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    client.disconnect();
    await eventually(() => {
      assert.ok(sentinel.figures.held > 0, "nobody looks for the master");
    });
    await sentinel.tellSwitch();
    await allIsRead();
    sentinel.release();
    await eventually(async () => {
      await put(store, collection, "a", "2");
    }, 20_000);
    assert.equal((await store.read(collection, "a"))?.value, "2");
  });
});

/** What was written to a connection within this process has been read: between two of these turns lies one whole look at all sockets. */
async function allIsRead(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
