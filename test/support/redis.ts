import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { freeClusterPort, freePort } from "./free-port.ts";
import { killWithUs } from "./kill-with-us.ts";

/** A server says one of these when it takes connections; a Sentinel only says who it is. */
const READY = /Ready to accept connections|Sentinel ID is/;
/** A Sentinel that gives its master up soon: ms of silence, and of patience with a failover. */
const DOWN_AFTER_MS = 1000;
const FAILOVER_MS = 2000;
/**
 * A Sentinel that had no processor for 2 s does nothing for 30 s. A master that dies meanwhile is never replaced: replicas that lost it more than
 * 10 × DOWN_AFTER_MS before the Sentinel sees it are no good to it, however long one waits. So this one trusts its clock, and looks at replicas
 * every second instead of every ten.
 */
const SENTINEL_PATIENCE = ["tilt-trigger", "60000", "info-period", "1000"];

/** Every write is on disk before its answer; a replica need not wait for others that might want the same copy. */
const DURABLE = ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0"];

/** What Sentinels of these tests call the master. */
export const MASTER_NAME = "main";

/** A Redis server of one test: on a free port, its data in a temporary folder. It does not outlive the process that started it. */
export class RedisUnderTest {
  readonly port: number;
  readonly #folder: string;
  readonly #args: (folder: string) => readonly string[];
  #process: ChildProcess | undefined;
  #spare: () => Promise<void> = () => Promise.resolve();

  constructor(port: number, args: (folder: string) => readonly string[]) {
    this.port = port;
    this.#args = args;
    this.#folder = mkdtempSync(join(tmpdir(), "lamplighter-redis-"));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when the server takes connections. */
  async start(): Promise<void> {
    const args = [...this.#args(this.#folder), "--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder];
    const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    this.#spare = killWithUs(child);
    await Promise.race([ready(child), failed(child)]);
  }

  /** Stops the process in its tracks: connections stay, nothing answers. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    const gone = isGone ? undefined : once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    await this.#spare();
  }

  /** Killed, and there again with what was on disk. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Leaves nothing behind. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Starts a Redis server, every write on disk before the answer; rejects with a sentence when the program is not installed. */
export async function startRedis(options: readonly string[] = []): Promise<RedisUnderTest> {
  return startServer(await freePort(), () => [...DURABLE, ...options]);
}

/** Starts one that may become part of a cluster: it speaks with the others at the port 10000 above. */
export async function startClusterNode(options: readonly string[]): Promise<RedisUnderTest> {
  return startServer(await freeClusterPort(), () => [...DURABLE, "--cluster-enabled", "yes", ...options]);
}

/** Starts a Sentinel that watches a master alone and moves to one of its replicas within seconds. */
export async function startSentinel(master: RedisUnderTest): Promise<RedisUnderTest> {
  const sentinel = await startServer(await freePort(), (folder) => {
    const file = join(folder, "sentinel.conf");
    const lines = [
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_MS}`,
    ];
    writeFileSync(file, lines.join("\n") + "\n");
    return [file, "--sentinel"];
  });
  const client = new Redis(sentinel.url);
  try {
    await client.call("SENTINEL", "DEBUG", ...SENTINEL_PATIENCE);
  } catch (error) {
    // Before Redis 7 there is no such command, and a busy machine may make the test fail.
    if (!/unknown/i.test(String(error))) {
      await sentinel.stop();
      throw error;
    }
  } finally {
    client.disconnect();
  }
  return sentinel;
}

async function startServer(port: number, args: (folder: string) => readonly string[]): Promise<RedisUnderTest> {
  const redis = new RedisUnderTest(port, args);
  try {
    await redis.start();
  } catch (error) {
    await redis.stop();
    throw error;
  }
  return redis;
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("redis-server was started without a pipe");
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      if (READY.test(line)) resolve();
    });
  });
}

async function failed(child: ChildProcess): Promise<never> {
  try {
    await once(child, "exit");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new Error("this test needs redis-server: install the package redis-server (apt-get install redis-server)", {
        cause: error,
      });
    }
    throw error;
  }
  throw new Error(`redis-server ended before it was ready (port taken?), code ${String(child.exitCode)}`);
}
