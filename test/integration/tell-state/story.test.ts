import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import type { DeviceJson } from "#admin/ports";
import { shardKeys, shardOf } from "#store/redis/shards";
import { eventually } from "#test/support/eventually";
import { needsProgram } from "#test/support/foreign-program";
import { startRedis, type RedisUnderTest } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { WatchingPhone } from "#test/support/watching-phone";

/* A program beside us tells states through Redis and hears of changes there, as docs/deployments.md says. */
const run = promisify(execFile);
const SITE = "test/fixtures/sites/alternate";
const L1 = "L1-0000FFFF0005_T1";
const L2 = "L2-0000FFFF0005_T2";
const DEVICE = `SLA:${L1}`;

describe("a program that speaks with Redis", function () {
  this.timeout(60_000);
  const stops: (() => Promise<unknown>)[] = [];
  let redis: RedisUnderTest;
  let server: ServerUnderTest;
  let phone: WatchingPhone;

  before(async function () {
    needsProgram(this, "redis-cli", "redis-tools");
    redis = await startRedis();
    stops.push(() => redis.stop());
    server = await ServerUnderTest.start({ site: SITE, store: redis.url });
    stops.push(() => server.stop());
    phone = await WatchingPhone.open({ user: "watcher", password: "watch-secret", port: server.sipPort });
    stops.push(() => phone.stop());
    await phone.watch(L1);
    await phone.watch(L2);
  });
  after(async () => {
    await stopAll(stops);
  });

  async function tell(...args: readonly string[]): Promise<string> {
    return (await run("provisioning/redis/tell-state.sh", [...args, "--", "-p", String(redis.port)])).stdout.trim();
  }

  async function device(name: string): Promise<DeviceJson> {
    return (await server.api("GET", `devices/${name}`)).json as DeviceJson;
  }

  it("tells a state beside that of the API, and takes it back", async () => {
    const first = Number(await tell(DEVICE, "door", "INUSE"));
    await phone.shows(L1, "busy");
    assert.equal((await server.api("PUT", `devices/${DEVICE}`, { state: "RINGING" })).status < 300, true);
    const told = (await device(DEVICE)).slots.find(({ source }) => source === "redis:door");
    assert.deepEqual([told?.state, told?.cause], ["INUSE", "told by door"]);
    assert.equal((await server.api("DELETE", `devices/${DEVICE}`)).status < 300, true);
    await phone.shows(L1, "busy");
    assert.ok(Number(await tell(DEVICE, "door", "RINGING")) > first, "versions go on rising");
    await phone.shows(L1, "ringing");
    await tell(DEVICE, "door", "-");
    await phone.shows(L1, "idle");
    assert.equal(await tell(DEVICE, "door", "-"), "0", "there was nothing to take back");
    assert.deepEqual(phone.violations, []);
  });

  it("a state that was told for a time ends by itself", async () => {
    await tell(`SLA:${L2}`, "door", "INUSE", "2");
    await phone.shows(L2, "busy");
    await phone.shows(L2, "idle", 10_000);
  });

  it("leaves no timer behind, of a name with a slash neither", async () => {
    const name = "SIP/100";
    const client = new Redis(redis.url);
    stops.push(() => client.quit());
    const { timers, due } = shardKeys("device", shardOf(name));
    await tell(name, "door", "INUSE", "1");
    assert.deepEqual(await client.zrange(timers, "0", "-1"), [JSON.stringify([name, "expiry"])]);
    await eventually(async () => {
      assert.deepEqual([await client.zcard(timers), await client.hlen(due)], [0, 0]);
    });
    assert.deepEqual((await device(name)).slots, []);
  });

  it("writes nothing that nodes would not read", async () => {
    await assert.rejects(tell(DEVICE, "d".repeat(101), "INUSE"), /source/);
    await assert.rejects(tell(`SIP/${"1".repeat(300)}`, "door", "INUSE"), /device/);
    for (let source = 0; source < 50; source += 1) await tell("SIP/crowd", `s${source}`, "INUSE");
    await assert.rejects(tell("SIP/crowd", "s50", "INUSE"), /50 sources/);
    assert.equal((await device("SIP/crowd")).state, "INUSE");
  });

  it("hears every change on the channels of the shards, and reads the states", async () => {
    const ears = new Redis(redis.url);
    stops.push(() => ears.quit());
    const heard: string[] = [];
    ears.on("pmessage", (_pattern, _channel, message: string) => heard.push(message));
    await ears.psubscribe("lamplighter:{device.*}:changes");
    await server.api("PUT", `devices/${DEVICE}`, { state: "BUSY" });
    await eventually(async () => {
      assert.match(await Promise.resolve(heard.join("\n")), new RegExp(`^\\d+:\\d+:=${DEVICE.length}:${DEVICE}\\{.*"BUSY"`, "m"));
    });
    const { stdout } = await run("redis-cli", [
      "-p",
      String(redis.port),
      "HGETALL",
      shardKeys("device", shardOf(DEVICE)).records,
    ]);
    assert.match(stdout, new RegExp(`${DEVICE}\\n\\d+:\\{"api":\\{"state":"BUSY"`));
  });

  it("refuses what is no state, no number, no name", async () => {
    for (const args of [
      [DEVICE, "door", "LOUD"],
      [DEVICE, "door", "INUSE", "soon"],
      [DEVICE, "door'", "INUSE"],
    ])
      await assert.rejects(tell(...args), (error: Error & { code?: number }) => error.code !== 0, args.join(" "));
  });

  it("a record that is none counts as empty, and the server goes on", async () => {
    const keys = shardKeys("device", shardOf(DEVICE));
    const client = new Redis(redis.url);
    stops.push(() => client.quit());
    for (const value of ["{", "null", "[]", '{"door":null}', '{"door":{"state":"LOUD"}}', '{"door":5}']) {
      const sequence = await client.incr(keys.sequence);
      const version = Number(String(await client.hget(keys.records, DEVICE)).split(":")[0]) + 1;
      await client.hset(keys.records, DEVICE, `${version}:${value}`);
      await client.publish(keys.changes, `${sequence}:${version}:=${DEVICE.length}:${DEVICE}${value}`);
      await phone.shows(L1, "idle");
      await server.api("PUT", `devices/${DEVICE}`, { state: "INUSE" });
      await phone.shows(L1, "busy");
    }
    assert.deepEqual(phone.violations, []);
  });
});
