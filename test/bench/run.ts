import { readFileSync, writeFileSync } from "node:fs";
import { startRedis } from "#test/support/redis";
import { Bench, type BenchOptions } from "./bench.ts";
import type { Figure } from "./figures.ts";
import { machine } from "./machine.ts";
import { calls } from "./scenarios/calls.ts";
import { ceiling } from "./scenarios/ceiling.ts";
import { fanOut } from "./scenarios/fan-out.ts";
import { keys } from "./scenarios/keys.ts";
import { lineCalls } from "./scenarios/line-calls.ts";
import { media } from "./scenarios/media.ts";
import { nodes } from "./scenarios/nodes.ts";
import { notifyCycle } from "./scenarios/notify-cycle.ts";
import { parse } from "./scenarios/parse.ts";
import { peer } from "./scenarios/peer.ts";
import { provisioning } from "./scenarios/provisioning.ts";
import { registrations } from "./scenarios/registrations.ts";
import { siteLoad } from "./scenarios/site-load.ts";
import { soak } from "./scenarios/soak.ts";
import { stores } from "./scenarios/stores.ts";
import { subscriptions } from "./scenarios/subscriptions.ts";

/* `npm run bench [-- scenario …]`: measures, prints, and writes BENCHMARKS.md when every scenario ran. `soak [seconds]` only when asked. */

interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly onlyWhenAsked?: true;
  readonly run: () => Promise<Figure[]>;
}

const SOAK_SECONDS = 600;

/** Figures of this run that a peer is compared with. */
const counts = new Map<string, number>();

const SAMPLE = "provisioning/sites/sample";

const SCENARIOS: readonly Scenario[] = [
  { name: "parse", title: "Messages", run: parse },
  { name: "site-load", title: "A big site", run: siteLoad },
  { name: "notify-cycle", title: "The stack alone", run: notifyCycle },
  { name: "ceiling", title: "The load alone", run: ceiling },
  { name: "fan-out", title: "Changes of state (embedded store)", run: () => withServer(fanOut) },
  { name: "fan-out-redis", title: "Changes of state (Redis on the same machine)", run: () => withRedis(fanOut) },
  { name: "subscriptions", title: "Subscriptions (embedded store)", run: () => withServer(subscriptions) },
  { name: "kamailio", title: "Kamailio on the same load", run: () => peer(counts) },
  { name: "nodes", title: "Two nodes on one Redis, all on the same machine", run: () => nodes(openNode) },
  { name: "stores", title: "Commits", run: stores },
  { name: "registrations", title: "Registrations (embedded store)", run: () => withServer(registrations, { isTrusted: false }) },
  { name: "calls", title: "Calls through the whole server (embedded store)", run: calls },
  { name: "keys", title: "A shared line (embedded store)", run: keys },
  { name: "line-calls", title: "Calls of three on shared lines, with sound, through the whole server", run: lineCalls },
  { name: "media", title: "Three-party calls, mixed by one thread", run: media },
  { name: "provisioning", title: "Provisioning", run: () => withServer(provisioning, { site: SAMPLE }) },
  {
    name: "soak",
    title: "The same load for long",
    onlyWhenAsked: true,
    run: () => withServer((bench) => soak(bench, soakSeconds)),
  },
];

async function withServer(
  work: (bench: Bench) => Promise<Figure[]>,
  { site, ...options }: BenchOptions & { readonly site?: string } = {},
): Promise<Figure[]> {
  const bench = await Bench.open(site, options);
  try {
    return await work(bench);
  } finally {
    await bench.close();
  }
}

function openNode(store: string, node: string, leaseSeconds: number): Promise<Bench> {
  return Bench.open(undefined, { store, flags: ["--node", node, "--lease", String(leaseSeconds)] });
}

async function withRedis(work: (bench: Bench) => Promise<Figure[]>): Promise<Figure[]> {
  const redis = await startRedis();
  try {
    return await withServer(work, { store: redis.url });
  } finally {
    await redis.stop();
  }
}

const HEAD = `# Benchmarks

Written by \`npm run bench\`. Server and load share one machine; UDP on loopback, full dialog-info documents, persistence on, digest off for
the load but where it is said. Latencies are p50 / p99 / max, from the API request that changes a state to the NOTIFY in the phone's hands,
and where keys and calls are measured from the INVITE.
`;

function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, target }) => `| ${name} | ${value} | ${target ?? ""} |`);
  return `| what | measured | aim |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/** Kept by hand: where the time goes. */
const NOTES = "test/bench/where-the-time-goes.md";

const words = process.argv.slice(2);
const wanted = words.filter((word) => !/^\d+$/.test(word));
/** `soak 60`: for a minute. */
const soakSeconds = Number(words.find((word) => /^\d+$/.test(word)) ?? SOAK_SECONDS);
const unknown = wanted.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  console.error(`bench: no scenario ${unknown.join(", ")}; there are ${SCENARIOS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
console.log(machine());
let text = `${HEAD}\nMachine: ${machine()}. Date: ${new Date().toISOString().slice(0, 10)}.\n`;
for (const { name, title, run, onlyWhenAsked } of SCENARIOS) {
  if (wanted.length > 0 ? !wanted.includes(name) : onlyWhenAsked === true) continue;
  console.log(`\n${title} …`);
  const figures = await run();
  for (const { name: what, count } of figures) if (count !== undefined && !counts.has(what)) counts.set(what, count);
  for (const { name: what, value, target } of figures)
    console.log(`  ${what}: ${value}${target === undefined ? "" : ` (aim ${target})`}`);
  text += `\n## ${title}\n\n${table(figures)}`;
}
if (wanted.length === 0) {
  writeFileSync("BENCHMARKS.md", `${text}\n${readFileSync(NOTES, "utf8")}`);
  console.log("\nwritten to BENCHMARKS.md");
}
