import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** How long a start may take before the test gives up. */
const START_MAX_MS = 20_000;
/** Of a server whose ports are taken from under it. */
const STARTS_MAX = 3;

export interface ServerOptions {
  readonly site?: string;
  /** "embedded" when it is not given. */
  readonly store?: string;
  readonly args?: readonly string[];
  /** Flags of node itself. */
  readonly nodeArgs?: readonly string[];
}

/** The real server in a process of its own, on free ports and in a folder of its own. The ports stay the same over a restart. */
export class ServerUnderTest {
  readonly data: string;
  readonly httpPort: number;
  readonly sipPort: number;
  readonly #options: ServerOptions;
  #process: ChildProcess | undefined;
  #output = "";

  private constructor(data: string, httpPort: number, sipPort: number, options: ServerOptions) {
    this.data = data;
    this.httpPort = httpPort;
    this.sipPort = sipPort;
    this.#options = options;
  }

  static async start(options: ServerOptions = {}): Promise<ServerUnderTest> {
    const data = await mkdtemp(join(tmpdir(), "lamplighter-data-"));
    for (let left = STARTS_MAX; ; left -= 1) {
      const server = new ServerUnderTest(data, await freePort(), await freePort(), options);
      try {
        await server.start();
        return server;
      } catch (error) {
        // Between the look and the start another program may have taken the port.
        const isTaken = String(error).includes("the port is in use");
        if (isTaken && left > 1) continue;
        await server.stop();
        throw error;
      }
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** Number of the running process. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** What it printed, for messages of failing tests. */
  get output(): string {
    return this.#output;
  }

  async start(): Promise<void> {
    const { site, store, args, nodeArgs } = this.#options;
    const flags = ["--data", this.data, "--http", `127.0.0.1:${this.httpPort}`, "--node", "test-node"];
    for (const transport of ["udp", "tcp"]) flags.push("--sip", `${transport}:127.0.0.1:${this.sipPort}`);
    if (site !== undefined) flags.push("--site", site);
    if (store !== undefined) flags.push("--store", store);
    const child = spawn(process.execPath, [...(nodeArgs ?? []), "bin/lamplighter.mjs", "serve", ...flags, ...(args ?? [])], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => {
        reject(new Error(`the server was not ready in time:\n${this.#output}`));
      }, START_MAX_MS);
      const hear = (chunk: Buffer): void => {
        this.#output += chunk.toString();
        if (!this.#output.includes("Lamplighter is ready.")) return;
        clearTimeout(giveUp);
        resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code) => {
        clearTimeout(giveUp);
        reject(new Error(`the server ended with ${String(code)}:\n${this.#output}`));
      });
    });
  }

  /** Ends it and gives the exit code (null: by the signal itself). */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    const child = this.#process;
    this.#process = undefined;
    this.#output = "";
    if (child === undefined) return null;
    // It may have ended by itself already.
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.data, { recursive: true, force: true });
  }

  async token(): Promise<string> {
    return (await readFile(join(this.data, "admin-token"), "utf8")).trim();
  }

  /** Asks the API; `body` is sent as JSON. */
  async api(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly json: any; readonly headers: Headers }> {
    const response = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${await this.token()}`,
        Connection: "close",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text), headers: response.headers };
  }

  /** A phone's provisioning address. */
  async provisioningUrl(mac: string): Promise<string> {
    const { json } = await this.api("GET", `phones/${mac}`);
    return String(json.provisioningUrl);
  }
}
