import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { Redis } from "ioredis";
import { quietLog, type Log } from "#base/log";
import { systemClock } from "#base/system-clock";
import { openStore } from "#store/open-store";
import { shardKeys, shardOf } from "#store/redis/shards";
import { freePort } from "#test/support/free-port";
import { startRedis } from "#test/support/redis";
import { stopAfterEach } from "#test/support/stop-after-each";
import { openAt, put, Recorder } from "./harness.ts";

describe("store redis, opening", function () {
  this.timeout(20_000);
  const started = stopAfterEach();

  it("says where nobody answers", async () => {
    const port = await freePort();
    await assert.rejects(openAt(`redis://:secret@127.0.0.1:${port}`), (error: Error & { code?: string }) => {
      assert.equal(error.code, "store-unreachable");
      assert.match(error.message, new RegExp(`^the store cannot be reached \\(redis://127\\.0\\.0\\.1:${port}: .*ECONNREFUSED`));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  it("gives up on a server that hangs up", async () => {
    const { port } = started(await listenAndDo((socket) => socket.end()));
    await assert.rejects(openAt(`redis://127.0.0.1:${port}`), { name: "StoreError", code: "store-unreachable" });
  });

  it("gives up on a server that never says a word", async () => {
    const { port } = started(await listenAndDo(() => undefined));
    await assert.rejects(openAt(`redis://127.0.0.1:${port}`), { name: "StoreError", code: "store-timeout" });
  });

  it("works with a password and a database of its own, and names a wrong password", async () => {
    const redis = started(await startRedis(["--requirepass", "p@ss"]));
    const store = started(await openAt(`redis://:p%40ss@127.0.0.1:${redis.port}/3`));
    await put(store, "c", "a", "1");
    const seen = new Recorder();
    await store.watch("c", seen.listener);
    await put(store, "c", "a", "2");
    await seen.until("a", "2");
    await assert.rejects(openAt(`redis://:wrong@127.0.0.1:${redis.port}`), { code: "store-unreachable", message: /WRONGPASS/ });
  });

  it("refuses data of a newer release, and values that are not its own", async () => {
    const redis = started(await startRedis());
    const store = started(await openAt(redis.url));
    const client = new Redis(redis.url);
    started({ stop: () => client.quit() });
    await client.hset(shardKeys("c", shardOf("a")).records, "a", "no record");
    await assert.rejects(store.read("c", "a"), { code: "store-broken" });
    await client.set("lamplighter:schema", "2");
    await assert.rejects(openAt(redis.url), { code: "store-newer" });
  });

  it("warns of a server that forgets, and of no other", async () => {
    for (const [appendOnly, count] of [
      ["no", 1],
      ["yes", 0],
    ] as const) {
      const redis = started(await startRedis(["--appendonly", appendOnly]));
      const warnings: string[] = [];
      const log: Log = { ...quietLog, warn: (message) => void warnings.push(message) };
      started(await openStore({ url: redis.url, dataFolder: "nowhere", clock: systemClock, log }));
      assert.equal(warnings.length, count, warnings.join());
    }
  });

  for (const url of ["redis://", "redis+sentinel://127.0.0.1", "redis+cluster://127.0.0.1/1", "redis://h:0", "mongodb://h"]) {
    it(`refuses ${url}`, async () => {
      await assert.rejects(openAt(url), { name: "StoreError", code: "store-unknown" });
    });
  }
});

/** A server that speaks no Redis. */
async function listenAndDo(greet: (socket: Socket) => void): Promise<{ port: number; stop: () => Promise<unknown> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).resume();
    greet(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      return once(server, "close");
    },
  };
}
