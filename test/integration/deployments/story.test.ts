import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { eventually } from "#test/support/eventually";
import { MASTER_NAME, startRedis, startSentinel, type RedisUnderTest } from "#test/support/redis";
import { ClusterUnderTest } from "#test/support/redis-cluster";
import { ServerUnderTest } from "#test/support/server";
import { stopAll } from "#test/support/stop-after-each";
import { WatchingPhone } from "#test/support/watching-phone";

/* The deployments of docs/deployments.md that stand on more than one Redis: a master dies under two nodes. */
const SITE = "test/fixtures/sites/alternate";
const L1 = "L1-0000FFFF0005_T1";

/** Until a replica has everything, another server is the master, a phone is answered: on the busiest machine. */
const [COPIED_MAX_MS, NEW_MASTER_MAX_MS, REFRESH_MAX_MS] = [20_000, 40_000, 20_000];

type Stops = (() => Promise<unknown>)[];

interface Deployment {
  readonly url: string;
  /** The server that has the device's records dies, and nothing that was told is lost with it. */
  readonly killMaster: () => Promise<void>;
}

const DEPLOYMENTS: Readonly<Record<string, (stops: Stops) => Promise<Deployment>>> = {
  Sentinel: async (stops) => {
    const master = await startRedis();
    stops.push(() => master.stop());
    const replica = await startRedis(["--replicaof", "127.0.0.1", String(master.port)]);
    stops.push(() => replica.stop());
    await eventually(async () => {
      assert.match(await ask(replica, "INFO", "replication"), /master_link_status:up/);
    }, COPIED_MAX_MS);
    const sentinel = await startSentinel(master);
    stops.push(() => sentinel.stop());
    await eventually(async () => {
      assert.match(await ask(sentinel, "SENTINEL", "REPLICAS", MASTER_NAME), /127\.0\.0\.1/, "the Sentinel knows no replica");
    }, COPIED_MAX_MS);
    return {
      url: `redis+sentinel://127.0.0.1:${sentinel.port}/${MASTER_NAME}`,
      killMaster: async () => {
        // On a busy machine a Sentinel may have taken the first master for dead already.
        const address = await ask(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME);
        await killOnceCopied(address.includes(`"${replica.port}"`) ? replica : master);
      },
    };
  },
  Cluster: async (stops) => {
    const cluster = await ClusterUnderTest.start(1);
    stops.push(() => cluster.stop());
    return {
      url: cluster.url,
      killMaster: async () => {
        const [victim] = cluster.nodes;
        assert.ok(victim !== undefined);
        await killOnceCopied(victim);
      },
    };
  },
};

describe("two nodes on several Redis servers", function () {
  this.timeout(120_000);
  for (const [name, deploy] of Object.entries(DEPLOYMENTS)) {
    it(`${name}: a master dies; lamps stay, and follow again once another one has taken its place (S-93, S-94)`, async () => {
      const stops: Stops = [];
      try {
        const { url, killMaster } = await deploy(stops);
        const nodes = [];
        for (const node of ["one", "other"]) {
          const server = await ServerUnderTest.start({ site: SITE, store: url, args: ["--node", node] });
          stops.push(() => server.stop());
          nodes.push(server);
        }
        const [one, other] = nodes as [ServerUnderTest, ServerUnderTest];
        const phone = await WatchingPhone.open({ user: "watcher", password: "watch-secret", port: one.sipPort });
        stops.push(() => phone.stop());
        await phone.watch(L1);
        await other.api("PUT", `devices/SLA:${L1}`, { state: "INUSE" });
        await phone.shows(L1, "busy");
        const { callId } = phone.view(L1);

        await killMaster();
        await phone.refresh(L1);
        assert.equal(phone.lamp(L1), "busy");
        for (const node of nodes) {
          await eventually(async () => {
            const { status, json } = await node.api("PUT", `devices/SLA:${L1}`, { state: "RINGING" });
            assert.ok(status < 300, `nothing can be stored after the master died: ${status} ${JSON.stringify(json)}`);
          }, NEW_MASTER_MAX_MS);
        }
        await phone.shows(L1, "ringing", 15_000);
        await eventually(() => phone.refresh(L1), REFRESH_MAX_MS);
        // Whoever is told that the store is away asks again: a new master may ask its clients to come back once more.
        await eventually(async () => {
          const { status, json } = await other.api("DELETE", `devices/SLA:${L1}`);
          assert.equal(status, 200, JSON.stringify(json));
        }, NEW_MASTER_MAX_MS);
        await phone.shows(L1, "idle", 15_000);
        assert.equal(phone.view(L1).callId, callId, "the dialog is a new one");
        assert.deepEqual(phone.violations, []);
      } finally {
        await stopAll(stops);
      }
    });
  }
});

/** Nothing that was acknowledged is lost with it. */
async function killOnceCopied(master: RedisUnderTest): Promise<void> {
  await eventually(async () => {
    assert.equal(await ask(master, "WAIT", "1", "1000"), "1", "no replica has everything");
  }, COPIED_MAX_MS);
  await master.kill();
}

async function ask(server: RedisUnderTest, command: string, ...args: readonly string[]): Promise<string> {
  const client = new Redis(server.url);
  try {
    return JSON.stringify(await client.call(command, ...args));
  } finally {
    client.disconnect();
  }
}
