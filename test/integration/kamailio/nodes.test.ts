import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";
import { ForeignProgram } from "#test/support/foreign-program";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAfterEach } from "#test/support/stop-after-each";
import { WatchingPhone } from "#test/support/watching-phone";
import { needsKamailio } from "./kamailio.ts";

/*
 * Two nodes behind the Kamailio of provisioning/kamailio, as it is shipped.
 *
 *   phone          Kamailio          one            other
 *     |-- SUBSCRIBE -->|-- one of both -->|            |
 *     |<-- NOTIFY -----|<-- Route --------|            |
 *     |                |            kill -9            |
 *     |                |                  |<- lease ---|
 *     |<-- NOTIFY -----|<-- Route, same dialog --------|
 *     |-- refresh ---->|-- the one that lives -------->|
 */
const SITE = "test/fixtures/sites/alternate";
const LINE = "L1-0000FFFF0005_T1";
const PROXY = "127.0.0.6";
const READY_MAX_MS = 20_000;
const ACCOUNTS = [
  ["watcher", "watch-secret"],
  ["0000FFFF0005", "lamp5-secret"],
  ["0000FFFF0006", "lamp6-secret"],
] as const;

for (const transport of ["udp", "tcp"] as const) {
  describe(`two nodes behind one Kamailio, a phone on ${transport}`, function () {
    this.timeout(60_000);
    const started = stopAfterEach();
    before(function () {
      needsKamailio(this);
    });

    it("a phone knows Kamailio only, and its lamp goes on in the same dialog when its node is killed (S-93)", async () => {
      const redis = started(await startRedis());
      const nodes = [await node("one", redis.url), await node("other", redis.url)] as const;
      const port = await freePort();
      started(await proxy(port, nodes));
      const phone = started(
        await WatchingPhone.open({ user: "watcher", password: "watch-secret", host: PROXY, port, transport }),
      );
      await phone.register();
      await phone.watch(LINE);
      const { callId, cseq } = phone.view(LINE);

      const [speaking, spare] = (await subscriptions(nodes[0])) === 1 ? nodes : ([nodes[1], nodes[0]] as const);
      assert.equal(await subscriptions(speaking), 1);
      await spare.api("PUT", `devices/SLA:${LINE}`, { state: "INUSE" });
      await phone.shows(LINE, "busy");
      await phone.refresh(LINE);
      assert.equal(await subscriptions(speaking), 1, "a refresh went to another node without need");

      await speaking.end("SIGKILL");
      await spare.api("PUT", `devices/SLA:${LINE}`, { state: "RINGING" });
      await phone.shows(LINE, "ringing", 15_000);
      await phone.refresh(LINE);
      await phone.register();
      await spare.api("PUT", `devices/SLA:${LINE}`, { state: "NOT_INUSE" });
      await phone.shows(LINE, "idle");
      assert.equal(phone.view(LINE).callId, callId, "the dialog is a new one");
      assert.ok((phone.view(LINE).cseq ?? 0) > (cseq ?? 0));
      assert.deepEqual(phone.violations, []);
    });

    it("a new phone is served though its node is dead", async () => {
      const redis = started(await startRedis());
      const nodes = [await node("one", redis.url), await node("other", redis.url)] as const;
      const port = await freePort();
      started(await proxy(port, nodes));
      const watchAll = async (): Promise<void> => {
        for (const [user, password] of ACCOUNTS) {
          const phone = started(await WatchingPhone.open({ user, password, host: PROXY, port, transport }));
          await phone.watch(LINE);
          assert.equal(phone.lamp(LINE), "idle");
        }
      };
      // Kamailio goes by the name of the account: who is led there now would be led to a dead node.
      await watchAll();
      assert.ok((await subscriptions(nodes[0])) > 0, "no account leads to the node that dies");
      await nodes[0].end("SIGKILL");
      await watchAll();
    });

    async function node(name: string, store: string): Promise<ServerUnderTest> {
      const server = started(await ServerUnderTest.start({ site: SITE, store, args: ["--node", name, "--lease", "2"] }));
      return server;
    }
  });
}

/** Starts Kamailio with the shipped configuration, told where it is and which nodes there are. */
async function proxy(port: number, nodes: readonly ServerUnderTest[]): Promise<ForeignProgram> {
  const folder = await ForeignProgram.folder();
  const list = join(folder, "dispatcher.list");
  await writeFile(list, nodes.map(({ sipPort }) => `1 sip:127.0.0.1:${sipPort};transport=udp\n`).join(""));
  const names = { LISTEN_HOST: PROXY, LISTEN_PORT: port, NODES_FILE: `"${list}"` };
  const defines = Object.entries(names).flatMap(([name, value]) => ["-A", `${name}=${value}`]);
  const file = resolve("provisioning/kamailio/kamailio.cfg");
  const program = await ForeignProgram.start(folder, {
    command: "kamailio",
    args: ["-DD", "-E", "-f", file, "-w", folder, "-Y", folder, ...defines],
    ready: /processes \(at least\)/,
  });
  try {
    // It says so before it listens on TCP.
    await eventually(async () => {
      const socket = connect(port, PROXY);
      await once(socket, "connect");
      socket.destroy();
    }, READY_MAX_MS);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return program;
}

/** Dialogs that this node speaks in. */
async function subscriptions(server: ServerUnderTest): Promise<number> {
  return ((await server.api("GET", "subscriptions")).json.items as unknown[]).length;
}
