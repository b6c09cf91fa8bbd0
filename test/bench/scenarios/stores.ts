import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { openStore } from "#store/open-store";
import type { Commit, Store } from "#store/store";
import { eventually } from "#test/support/eventually";
import { inParallel } from "#test/support/in-parallel";
import { startRedis } from "#test/support/redis";
import { Latencies, mebibytes, perSecond, whole, type Figure } from "../figures.ts";

/** As many commits are under way at once: so many lamps change in one moment. */
const WIDTH = 64;
const RECORDS = 1000;
/** A record with two slots. */
const VALUE = JSON.stringify({ api: { state: "INUSE", since: 1_790_000_000_000, cause: "a state told over the API" } }).padEnd(
  300,
);
const WARM_UP = 5000;
const COMMITS = 50_000;
/** Each one waits for the disk. */
const SYNCED_COMMITS = 2000;
const REWRITTEN_MAX_MS = 120_000;

/** What a commit costs on either store, what it leaves on the disk, and what sweeping that up takes. */
export async function stores(): Promise<Figure[]> {
  return [...(await embedded()), ...(await redis())];
}

async function embedded(): Promise<Figure[]> {
  const dataFolder = mkdtempSync(join(tmpdir(), "lamplighter-bench-store-"));
  const open = (): Promise<Store> => openStore({ url: "embedded", dataFolder, clock: systemClock, log: quietLog });
  try {
    const store = await open();
    const figures = await commits(store, "embedded store");
    await store.close();
    const before = folderBytes(dataFolder);
    const startedAt = performance.now();
    const again = await open();
    const ms = performance.now() - startedAt;
    await again.close();
    return [
      ...figures,
      {
        name: `— on disk after ${whole(WARM_UP + COMMITS + SYNCED_COMMITS)} commits of ${whole(RECORDS)} records`,
        value: mebibytes(before),
      },
      { name: "— opened again, its log swept up", value: `${ms.toFixed(0)} ms, then ${mebibytes(folderBytes(dataFolder))}` },
    ];
  } finally {
    rmSync(dataFolder, { recursive: true });
  }
}

async function redis(): Promise<Figure[]> {
  const server = await startRedis();
  const client = new Redis(server.url);
  try {
    const store = await openStore({ url: server.url, dataFolder: "", clock: systemClock, log: quietLog });
    const figures = await commits(store, "Redis (appendfsync always)");
    await store.close();
    const before = await persistence(client);
    const startedAt = performance.now();
    await client.bgrewriteaof();
    await eventually(async () => {
      if ((await persistence(client)).isRewriting) throw new Error("Redis is still rewriting its file");
    }, REWRITTEN_MAX_MS);
    const ms = performance.now() - startedAt;
    return [
      ...figures,
      { name: "— append-only file after as many", value: mebibytes(before.bytes) },
      { name: "— rewritten", value: `${ms.toFixed(0)} ms, then ${mebibytes((await persistence(client)).bytes)}` },
    ];
  } finally {
    client.disconnect();
    await server.stop();
  }
}

async function commits(store: Store, name: string): Promise<Figure[]> {
  await run(store, WARM_UP, "written");
  const written = await run(store, COMMITS, "written");
  const synced = await run(store, SYNCED_COMMITS, "synced");
  return [
    { name: `${name}: commits, ${WIDTH} at once`, value: `${perSecond(COMMITS, written.ms)}/s` },
    { name: "— each, p50 / p99 / max", value: written.latencies.text },
    {
      name: "— on the disk when they are answered",
      value: `${perSecond(SYNCED_COMMITS, synced.ms)}/s, ${synced.latencies.text}`,
    },
  ];
}

async function run(
  store: Store,
  count: number,
  durability: Commit["durability"],
): Promise<{ readonly ms: number; readonly latencies: Latencies }> {
  const latencies = new Latencies();
  const startedAt = performance.now();
  await inParallel(
    Array.from({ length: count }, (_, at) => at),
    WIDTH,
    async (at) => {
      const from = performance.now();
      await store.commit({ collection: "bench", id: `record ${at % RECORDS}`, expect: "any", value: VALUE, durability });
      latencies.add(performance.now() - from);
    },
  );
  return { ms: performance.now() - startedAt, latencies };
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function persistence(client: Redis): Promise<{ readonly bytes: number; readonly isRewriting: boolean }> {
  const text = await client.info("persistence");
  return {
    bytes: Number(/^aof_current_size:(\d+)/m.exec(text)?.[1] ?? 0),
    isRewriting: /^aof_rewrite_(in_progress|scheduled):1/m.test(text),
  };
}
