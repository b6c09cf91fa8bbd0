import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { startClusterNode, type RedisUnderTest } from "./redis.ts";

const run = promisify(execFile);
const NODE_TIMEOUT_MS = 1000;
/** Until all of it serves, on the busiest machine. */
const MADE_MAX_MS = 50_000;

/** A Redis Cluster of one test, made as an administrator makes it: with redis-cli. */
export class ClusterUnderTest {
  readonly nodes: readonly RedisUnderTest[];

  private constructor(nodes: readonly RedisUnderTest[]) {
    this.nodes = nodes;
  }

  /** Three masters, each with this many replicas; `options` are of each server. Resolves when all of them serve. */
  static async start(replicas: number, options: readonly string[] = []): Promise<ClusterUnderTest> {
    const nodes: RedisUnderTest[] = [];
    const cluster = new ClusterUnderTest(nodes);
    try {
      for (let count = 0; count < 3 * (1 + replicas); count += 1)
        nodes.push(await startClusterNode(["--cluster-node-timeout", String(NODE_TIMEOUT_MS), ...options]));
      await cluster.#make(replicas);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.addresses.join(",")}`;
  }

  get addresses(): readonly string[] {
    return this.nodes.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** What one node says to a command. */
  async ask(node: RedisUnderTest, ...command: readonly string[]): Promise<string> {
    return cli("-p", String(node.port), ...command);
  }

  /** Moves slots from one master to another, keys and all. */
  async reshard(from: RedisUnderTest, to: RedisUnderTest, slots: number): Promise<void> {
    const [source, target] = [await this.ask(from, "CLUSTER", "MYID"), await this.ask(to, "CLUSTER", "MYID")];
    const what = ["--cluster-from", source.trim(), "--cluster-to", target.trim(), "--cluster-slots", String(slots)];
    await cli("--cluster", "reshard", `127.0.0.1:${from.port}`, ...what, "--cluster-yes");
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async #make(replicas: number): Promise<void> {
    await cli("--cluster", "create", ...this.addresses, "--cluster-replicas", String(replicas), "--cluster-yes");
    for (const node of this.nodes)
      await eventually(async () => {
        assert.match(await this.ask(node, "CLUSTER", "INFO"), /cluster_state:ok[^]*cluster_slots_ok:16384/);
        assert.doesNotMatch(await this.ask(node, "INFO", "replication"), /master_link_status:down/);
      }, MADE_MAX_MS);
  }
}

async function cli(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("redis-cli", args);
  return stdout;
}
