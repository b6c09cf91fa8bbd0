import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { eventually } from "#test/support/eventually";
import { startRedis, type RedisUnderTest } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { SlowProxy } from "#test/support/slow-proxy";
import { stopAfterEach } from "#test/support/stop-after-each";
import { WatchingPhone } from "#test/support/watching-phone";
import { headerIn, request, statusOf, udpWire } from "#test/support/wire";

/* Redis hangs, is full, is far away: what a phone and an administrator see of it. */
const SITE = "test/fixtures/sites/alternate";
const L1 = "L1-0000FFFF0005_T1";
const L2 = "L2-0000FFFF0005_T2";
/** Nobody watches it: a hung server may do later what it did not answer. */
const SPARE = "SLA:L2-0000FFFF0006_T2";
const LEASE_SECONDS = 2;

describe("Redis in trouble", function () {
  this.timeout(60_000);
  const started = stopAfterEach();
  let redis: RedisUnderTest;

  beforeEach(async () => {
    redis = started(await startRedis(["--maxmemory-policy", "noeviction"]));
  });

  async function serve(node = "one", store = redis.url): Promise<ServerUnderTest> {
    const args = ["--node", node, "--lease", String(LEASE_SECONDS), "--trust", "127.0.0.1/32"];
    const server = started(await ServerUnderTest.start({ site: SITE, store, args }));
    return server;
  }

  async function phoneAt(server: ServerUnderTest): Promise<WatchingPhone> {
    const phone = started(await WatchingPhone.open({ user: "watcher", password: "watch-secret", port: server.sipPort }));
    return phone;
  }

  it("hangs for four seconds: refreshes are granted, what is new is refused, what was known before goes on its way (S-94)", async () => {
    const server = await serve();
    const [phone, late] = [await phoneAt(server), await phoneAt(server)];
    await phone.watch(L1);
    await late.watch(L2);
    await server.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
    await phone.shows(L1, "busy");
    const dialog = phone.view(L1).callId;
    // The second state waits for the answer to the first.
    late.answers = { afterMs: 2500 };
    await server.api("PUT", `devices/SLA:${L2}`, { state: "INUSE" });
    await late.shows(L2, "busy");
    await server.api("PUT", `devices/SLA:${L2}`, { state: "NOT_INUSE" });

    redis.pause();
    const resumeAt = Date.now() + 4000;
    await Promise.all([
      phone.refresh(L1),
      assertSubscribeRefused(server, L2),
      assertPutRefused(server, /store-(timeout|unreachable)/),
      assertReady(server, 503, /the store did not answer in time|the store cannot be reached/),
    ]);
    assert.equal(late.lamp(L2), "busy");
    await late.shows(L2, "idle");
    assert.equal(phone.lamp(L1), "busy");
    assert.ok(Date.now() < resumeAt, "the outage is over already");
    await new Promise((resolve) => setTimeout(resolve, resumeAt - Date.now()));
    redis.resume();

    await eventually(() => assertReady(server, 200, /ready/));
    await server.api("PUT", `devices/SLA:${L1}`, { state: "NOT_INUSE" });
    await phone.shows(L1, "idle");
    await phone.watch(L2);
    await phone.refresh(L1);
    assert.equal(phone.view(L1).callId, dialog, "the dialog is a new one");
    assert.deepEqual(phone.violations, []);
  });

  it("is full for longer than a lease: nothing new is taken, nobody falls silent, who ends is let go", async () => {
    const [one, other] = [await serve(), await serve("other")];
    const phone = await phoneAt(one);
    await phone.watch(L1);
    await phone.watch(L2);
    await one.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
    await phone.shows(L1, "busy");
    const admin = new Redis(redis.url);
    started({ stop: () => admin.quit() });
    await admin.config("SET", "maxmemory", "1");
    await Promise.all([assertSubscribeRefused(one, L2), assertPutRefused(one, /store-unwritable/)]);
    // Every node has the same store: a proxy that passed one over would find none.
    await assertReady(one, 200, /"store":"unwritable".*OOM/);
    await phone.refresh(L1);
    await new Promise((resolve) => setTimeout(resolve, LEASE_SECONDS * 2000));
    const { items } = (await other.api("GET", "nodes")).json as { items: { node: string; isAlive: boolean }[] };
    assert.deepEqual(
      items.map(({ node, isAlive }) => [node, isAlive]).sort(),
      [
        ["one", true],
        ["other", true],
      ],
      "a node is taken for dead",
    );
    assert.doesNotMatch(one.output + other.output, /standing changed|takes over|took over/);
    await eventually(() => {
      assert.match(other.output, /the store keeps nothing new/, "not seen, since nobody asks");
    }, 15_000);
    assert.equal(await writableMetric(other), 0);
    await phone.unwatch(L2);
    assert.equal((await other.api("DELETE", `devices/SLA:${L1}`)).status < 300, true);
    await phone.shows(L1, "idle");

    await admin.config("SET", "maxmemory", "0");
    await other.api("PUT", `devices/SLA:${L1}`, { state: "RINGING" });
    await phone.shows(L1, "ringing");
    await phone.watch(L2);
    assert.deepEqual(phone.violations, []);
    await assertReady(one, 200, /"store":"writable"/);
    assert.equal(await writableMetric(one), 1);
  });

  it("answers and refuses every write, its disk is full: nobody can take over, so nobody falls silent", async () => {
    const [one, other] = [await serve(), await serve("other")];
    const phone = await phoneAt(one);
    await phone.watch(L1);
    const admin = new Redis(redis.url);
    started({ stop: () => admin.quit() });
    await admin.config("SET", "min-replicas-to-write", "1");
    await new Promise((resolve) => setTimeout(resolve, LEASE_SECONDS * 2000));
    await assertReady(other, 200, /"store":"unwritable".*NOREPLICAS/);
    await phone.refresh(L1);
    assert.doesNotMatch(one.output + other.output, /"now":"silent"|takes? over|took over/);
    await admin.config("SET", "min-replicas-to-write", "0");
    await one.api("PUT", `devices/SLA:${L1}`, { state: "RINGING" });
    await phone.shows(L1, "ringing");
    assert.deepEqual(phone.violations, []);
  });

  it("is 100 ms away: everything works, later", async () => {
    const proxy = started(await SlowProxy.open(redis.port, 50));
    const server = await serve("far", `redis://127.0.0.1:${proxy.port}`);
    const before = server.output.length;
    const phone = await phoneAt(server);
    await phone.register();
    await phone.watch(L1);
    for (const [state, lamp] of [
      ["RINGING", "ringing"],
      ["INUSE", "busy"],
      ["NOT_INUSE", "idle"],
    ] as const) {
      await server.api("PUT", `devices/SLA:${L1}`, { state });
      await phone.shows(L1, lamp, 2000);
    }
    await new Promise((resolve) => setTimeout(resolve, LEASE_SECONDS * 1500));
    // A start that takes longer than the lease has it anew before anybody is served.
    assert.doesNotMatch(server.output.slice(before), /standing changed/);
    await assertReady(server, 200, /ready/);
    assert.deepEqual(phone.violations, []);
  });
});

/** A SUBSCRIBE of a new dialog: 503, and when to come back. */
async function assertSubscribeRefused(server: ServerUnderTest, resource: string): Promise<void> {
  const wire = await udpWire(server.sipPort);
  try {
    wire.send(request("SUBSCRIBE", `sip:${resource}@127.0.0.1`, wire.localPort, { Event: "dialog", Expires: "600" }));
    const answer = await wire.next((text) => statusOf(text) >= 200, 3000);
    assert.equal(statusOf(answer), 503, answer);
    assert.ok(Number(headerIn(answer, "Retry-After")) > 0, answer);
  } finally {
    await wire.close();
  }
}

async function assertPutRefused(server: ServerUnderTest, code: RegExp): Promise<void> {
  const answer = await server.api("PUT", `devices/${SPARE}`, { state: "RINGING" });
  assert.equal(answer.status, 503);
  assert.match(answer.headers.get("content-type") ?? "", /application\/problem\+json/);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
  assert.match(answer.json.code, code);
  assert.match(answer.json.detail, /the store/);
}

async function writableMetric(server: ServerUnderTest): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { Connection: "close" } })).text();
  return Number(/^lamplighter_store_writable (\d)$/m.exec(text)?.[1]);
}

async function assertReady(server: ServerUnderTest, status: number, reason: RegExp): Promise<void> {
  const answer = await fetch(`${server.url}/readyz`);
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  assert.match(text, reason);
}
