import { rmSync } from "node:fs";
import { ServerUnderTest } from "#test/support/server";
import { writeBenchSite } from "./bench-site.ts";
import { HttpPipe } from "./http-pipe.ts";
import { PhoneFarm } from "./phone-farm.ts";

const HINTS = 501;
const ACCOUNTS = 10_000;

/** How the server is started. */
export interface BenchOptions {
  /** "embedded" when it is not given. */
  readonly store?: string;
  /** false: watchers have to show a password. */
  readonly isTrusted?: boolean;
  readonly flags?: readonly string[];
}

/** One scenario's server, in a process of its own, and the load that the scenario makes. */
export class Bench {
  readonly accounts = ACCOUNTS;
  readonly #server: ServerUnderTest;
  readonly #folder: string | undefined;
  readonly #farms: PhoneFarm[] = [];

  private constructor(server: ServerUnderTest, folder: string | undefined) {
    this.#server = server;
    this.#folder = folder;
  }

  /** `site` undefined: the big made-up one. Watchers are trusted: no digest and no pacing, as in the figures we compare with. */
  static async open(site?: string, { store = "embedded", isTrusted = true, flags = [] }: BenchOptions = {}): Promise<Bench> {
    const folder = site === undefined ? writeBenchSite({ hints: HINTS, accounts: ACCOUNTS }) : undefined;
    const args = [...(isTrusted ? ["--trust", "127.0.0.1/32"] : []), "--log", "error", ...flags];
    const server = await ServerUnderTest.start({ site: site ?? folder ?? "", store, args, nodeArgs: nodeArgs() });
    return new Bench(server, folder);
  }

  get pid(): number {
    return this.#server.pid;
  }

  get sipPort(): number {
    return this.#server.sipPort;
  }

  get httpPort(): number {
    return this.#server.httpPort;
  }

  /** `staysAwake` false: what it asks of the server is little, and the server's threads need both processors to be quick. */
  async farm(watchers: number, { staysAwake = true } = {}): Promise<PhoneFarm> {
    const farm = new PhoneFarm(this.#server.sipPort);
    await farm.open(watchers);
    if (staysAwake) farm.stayAwake();
    this.#farms.push(farm);
    return farm;
  }

  async api(connections: number): Promise<HttpPipe> {
    return new HttpPipe(this.#server.httpPort, connections, { Authorization: `Bearer ${await this.#server.token()}` });
  }

  async json(path: string): Promise<any> {
    return (await this.#server.api("GET", path)).json;
  }

  /** How late the server's event loop was since this was asked the last time, ms at p99. */
  async lagMs(): Promise<number> {
    return figureIn(await this.#metrics(), 'lamplighter_event_loop_lag_seconds{quantile="0.99"}') * 1000;
  }

  /** Ticks of 20 ms of the thread that mixes audio, since it started. */
  async mediaTicks(): Promise<{
    readonly inTime: number;
    readonly late: number;
    readonly missed: number;
    readonly busyMs: number;
  }> {
    const text = await this.#metrics();
    const of = (outcome: string): number => figureIn(text, `lamplighter_media_ticks_total{outcome="${outcome}"}`);
    const busyMs = figureIn(text, "lamplighter_media_busy_seconds_total") * 1000;
    return { inTime: of("in_time"), late: of("late"), missed: of("missed"), busyMs };
  }

  async #metrics(): Promise<string> {
    const headers = { Authorization: `Bearer ${await this.#server.token()}` };
    return (await fetch(`http://127.0.0.1:${this.httpPort}/metrics`, { headers })).text();
  }

  async kill(): Promise<void> {
    await this.#server.end("SIGKILL");
  }

  async start(): Promise<void> {
    await this.#server.start();
  }

  async close(): Promise<void> {
    for (const farm of this.#farms) farm.close();
    await this.#server.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true });
  }
}

function figureIn(metrics: string, name: string): number {
  const line = metrics.split("\n").find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`the server's metrics do not tell ${name}`);
  return Number(line.slice(name.length));
}

/** `BENCH_NODE="--cpu-prof"` and the like are given to the server's node. */
function nodeArgs(): readonly string[] {
  return (process.env["BENCH_NODE"] ?? "").split(" ").filter((arg) => arg !== "");
}
