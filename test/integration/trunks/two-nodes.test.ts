import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Provider } from "#test/support/calls/provider";
import { eventually } from "#test/support/eventually";
import { startRedis } from "#test/support/redis";
import { ServerUnderTest } from "#test/support/server";
import { stopAfterEach } from "#test/support/stop-after-each";
import { headerIn } from "#test/support/wire";

const LEASE_SECONDS = 2;
const LEASE_MS = LEASE_SECONDS * 1000;
/** Renewals come three to a lease; what is left is for a busy machine. */
const TAKEN_OVER_MS = LEASE_MS + LEASE_MS / 3 + 4000;

/*
 *   provider        node one          node two        Redis
 *      |<-- REGISTER --|  has the lease   | is refused   |
 *                      X SIGKILL          |              |
 *      |                                  | the lease ends
 *      |<---------------------- REGISTER -|              |
 */
describe("the registration with a provider of two nodes on one Redis", () => {
  const started = stopAfterEach();

  async function open(): Promise<{ readonly provider: Provider; readonly nodes: readonly ServerUnderTest[] }> {
    const folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    started(() => rm(folder, { recursive: true, force: true }));
    const provider = started(await Provider.open({ accounts: { us: "a-quiet-word" } }));
    const register = `register => us:a-quiet-word@127.0.0.1:${provider.port}/100~600`;
    const peer = `[provider]\ntype=peer\nhost=127.0.0.1\nport=${provider.port}\n`;
    await writeFile(join(folder, "sip.conf"), `[general]\n${register}\n${peer}`);
    const redis = started(await startRedis());
    const start = (node: string): Promise<ServerUnderTest> =>
      ServerUnderTest.start({ site: folder, store: redis.url, args: ["--node", node, "--lease", String(LEASE_SECONDS)] });
    const nodes = await Promise.all(["one", "two"].map(async (node) => started(await start(node))));
    return { provider, nodes };
  }

  /** Ports that the Contacts of all REGISTERs named, each but once. */
  function registrars({ received }: Provider): number[] {
    const contacts = received.filter((text) => text.startsWith("REGISTER ")).map((text) => headerIn(text, "Contact") ?? "");
    return [...new Set(contacts.map((contact) => Number(/@[^:>]+:(\d+)/.exec(contact)?.[1])))];
  }

  const stateAt = async (node: ServerUnderTest): Promise<string | undefined> => {
    const { json } = await node.api("GET", "accounts");
    return json.items.find(({ name }: { name: string }) => name === "provider").registration?.state;
  };

  it("is kept by one of them, and by the other one within a lease after that was killed", async () => {
    const { provider, nodes } = await open();
    await provider.registrar.untilRegistered("us");
    const [first] = registrars(provider);
    const [holder, other] = nodes[0]?.sipPort === first ? nodes : [...nodes].reverse();
    assert.ok(holder !== undefined && other !== undefined);
    await eventually(async () => {
      assert.deepEqual([await stateAt(holder), await stateAt(other)], ["registered", "elsewhere"]);
    });
    // That the other one asks for nothing as long as the lease is renewed shows over a time only.
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    assert.deepEqual(registrars(provider), [holder.sipPort]);

    await holder.end("SIGKILL");
    const before = provider.received.length;
    await eventually(() => {
      assert.match(provider.registrar.registrations.get("us")?.contact ?? "", new RegExp(`:${other.sipPort}$`));
    }, TAKEN_OVER_MS);
    assert.equal(await stateAt(other), "registered");
    assert.ok(provider.received.slice(before).every((text) => !text.includes(`:${holder.sipPort}>`)));
    assert.deepEqual(registrars(provider), [holder.sipPort, other.sipPort]);

    // Back again, it is the one that waits.
    await holder.start();
    await eventually(async () => {
      assert.deepEqual([await stateAt(holder), await stateAt(other)], ["elsewhere", "registered"]);
    });
    assert.match(provider.registrar.registrations.get("us")?.contact ?? "", new RegExp(`:${other.sipPort}$`));
  });
});
