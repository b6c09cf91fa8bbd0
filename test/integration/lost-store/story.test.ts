import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { SimPhone } from "#sim/sim-phone";
import { eventually } from "#test/support/eventually";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";

/* Redis loses everything under a running server: what the server knows is written back, and after the next restart nobody misses it. */
const MAC = "0000ffff0005";
const L1 = "L1-0000FFFF0005_T1";

describe("a Redis that loses its data", () => {
  it("gets it back from the server, and the phone notices nothing, a restart later either", async () => {
    const stops: (() => Promise<void>)[] = [];
    try {
      const redis = await startRedis();
      stops.push(() => redis.stop());
      const server = await ServerUnderTest.start({ site: "test/fixtures/sites/alternate", store: redis.url });
      stops.push(() => server.stop());
      const address = await server.provisioningUrl(MAC);
      const phone = new SimPhone({ mac: MAC, provisioningUrl: address });
      stops.push(() => phone.stop());
      await phone.start();
      await server.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
      await phone.waitForLamp(L1, "busy", 3000);
      const dialog = phone.watch(L1).callId;

      const client = new Redis(redis.url);
      await client.flushall();
      for (const collection of ["subscription", "phone", "binding", "device"])
        await eventually(async () => {
          assert.ok((await recordsIn(client, collection)) > 0, `no ${collection} was written back`);
        });
      await client.quit();
      assert.equal((await server.api("GET", `devices/SLA:${L1}`)).json.state, "INUSE");

      await server.end("SIGKILL");
      await server.start();
      assert.equal(await server.provisioningUrl(MAC), address, "the secret address is another one");
      assert.equal((await server.api("GET", `devices/SLA:${L1}`)).json.state, "INUSE");
      assert.notEqual((await server.api("GET", `phones/${MAC}`)).json.registration, null, "the registration was lost");
      await server.api("PUT", `devices/SLA:${L1}`, { state: "NOT_INUSE" });
      await phone.waitForLamp(L1, "idle", 5000);
      assert.equal(phone.watch(L1).callId, dialog, "the dialog is a new one");
      await phone.refresh(L1);
      assert.deepEqual(phone.violations, []);
    } finally {
      await stopAll(stops);
    }
  });
});

async function recordsIn(client: Redis, collection: string): Promise<number> {
  const shards = Array.from({ length: 16 }, (_, shard) => client.hlen(`lamplighter:{${collection}.${shard}}:records`));
  return (await Promise.all(shards)).reduce((sum, count) => sum + count, 0);
}
