import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { startRedis, type RedisUnderTest } from "./redis.ts";
import { ServerUnderTest } from "./server.ts";

/** Slower than this, and an answer is not waited for. */
const API_MAX_MS = 2500;
const STARTS_MAX = 20;
const START_AGAIN_MS = 300;
/** Until nodes are ready that were killed and stopped at random. */
const READY_MAX_MS = 40_000;

/** A node as a process that may be running, stopped in its tracks, or dead. */
export class NodeUnderTest {
  readonly name: string;
  readonly server: ServerUnderTest;
  state: "running" | "stopped" | "dead" | "starting" = "running";

  constructor(name: string, server: ServerUnderTest) {
    this.name = name;
    this.server = server;
  }

  async kill(): Promise<void> {
    this.state = "dead";
    await this.server.end("SIGKILL");
  }

  stop(): void {
    this.state = "stopped";
    process.kill(this.server.pid, "SIGSTOP");
  }

  continue(): void {
    process.kill(this.server.pid, "SIGCONT");
    this.state = "running";
  }

  /** Again and again, as a service manager does: a start without a store fails. */
  async start(): Promise<void> {
    this.state = "starting";
    for (let left = STARTS_MAX; this.state === "starting"; left -= 1) {
      try {
        await this.server.start();
        this.state = "running";
      } catch (error) {
        // One that hangs is not left beside the next one.
        await this.server.end("SIGKILL");
        if (left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
      }
    }
  }

  /** A state by the API; false: no answer in time, or a refusal, and nobody knows what came of it. */
  async put(device: string, body: { readonly state: string; readonly ttl?: number }): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, API_MAX_MS, false);
    });
    const answer = this.server.api("PUT", `devices/${encodeURIComponent(device)}`, body).then(
      ({ status }) => status < 300,
      () => false,
    );
    const isDone = await Promise.race([answer, late]);
    clearTimeout(timer);
    return isDone;
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.server.url}/readyz`, { signal: AbortSignal.timeout(1000) })).status === 200;
    } catch {
      return false;
    }
  }
}

/** Several nodes on one Redis, with a site of lamps that the API sets. */
export class Cluster {
  readonly redis: RedisUnderTest;
  readonly nodes: readonly NodeUnderTest[];
  readonly #site: string;

  private constructor(redis: RedisUnderTest, nodes: readonly NodeUnderTest[], site: string) {
    this.redis = redis;
    this.nodes = nodes;
    this.#site = site;
  }

  /** `extensions` are watched by whoever asks from this machine; each shows the device `Custom:<extension>`. */
  static async start(names: readonly string[], leaseSeconds: number, extensions: readonly string[]): Promise<Cluster> {
    const site = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await writeFile(join(site, "sip.conf"), "[watcher]\ntype=friend\nhost=dynamic\nsecret=fountain-of-words\ncontext=phones\n");
    const hints = extensions.map((extension) => `exten => ${extension},hint,Custom:${extension}\n`);
    await writeFile(join(site, "extensions.conf"), `[phones]\n${hints.join("")}`);
    const redis = await startRedis();
    const nodes: NodeUnderTest[] = [];
    const cluster = new Cluster(redis, nodes, site);
    try {
      for (const name of names) {
        const args = ["--node", name, "--lease", String(leaseSeconds), "--trust", "127.0.0.1/32"];
        nodes.push(new NodeUnderTest(name, await ServerUnderTest.start({ site, store: redis.url, args })));
      }
    } catch (error) {
      await cluster.end();
      throw error;
    }
    return cluster;
  }

  /** Everybody runs, and says that it is ready. */
  async calm(): Promise<void> {
    this.redis.resume();
    for (const node of this.nodes) if (node.state === "stopped") node.continue();
    await Promise.all(this.nodes.filter(({ state }) => state === "dead").map((node) => node.start()));
    for (const node of this.nodes)
      await eventually(async () => {
        assert.ok(await node.isReady(), `${node.name} is not ready`);
      }, READY_MAX_MS);
  }

  /** Leaves nothing behind. */
  async end(): Promise<void> {
    for (const { server } of this.nodes) {
      await server.end("SIGKILL");
      await server.stop();
    }
    await this.redis.stop();
    await rm(this.#site, { recursive: true, force: true });
  }
}
