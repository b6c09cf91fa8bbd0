import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Redis server of one test: on a free port, its data in a temporary folder, every write on disk before the answer. */
export class RedisUnderTest {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "lamplighter-redis-"));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when the server takes connections. */
  async start(): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""];
    const durable = ["--appendonly", "yes", "--appendfsync", "always"];
    const child = spawn("redis-server", [...args, ...durable, ...this.#options], { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
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
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
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

/** Starts a Redis server; rejects with a sentence when the program is not installed. */
export async function startRedis(options: readonly string[] = []): Promise<RedisUnderTest> {
  const redis = new RedisUnderTest(await freePort(), options);
  try {
    await redis.start();
  } catch (error) {
    await redis.stop();
    throw error;
  }
  return redis;
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("redis-server was started without a pipe");
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      if (line.includes("Ready to accept connections")) resolve();
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
