import { Redis } from "ioredis";
import { startRedis } from "#test/support/redis";
import type { Bench } from "../bench.ts";
import { Changes } from "../changes.ts";
import { whole, type Figure } from "../figures.ts";
import { FirstNotifies } from "../first-notifies.ts";
import { keysOf } from "../load.ts";
import type { PhoneFarm } from "../phone-farm.ts";

const LOAD = { resources: 500, watchers: 2 } as const;
const CALM_CHANGES_PER_SECOND = 200;
const BUSY_CHANGES_PER_SECOND = 2000;
const WARM_UP_MS = 4000;
const OFFERED_MS = 8000;
/** Several rounds of whatever nodes do by themselves. */
const IDLE_MS = 6000;
const LEASE_SECONDS = 5;

/** Opens one of several nodes on a store. */
export type OpenNode = (store: string, node: string, leaseSeconds: number) => Promise<Bench>;

/** Two nodes on one Redis: a change told to one reaches phones of the other; then the phones' node dies. */
export async function nodes(open: OpenNode): Promise<Figure[]> {
  const redis = await startRedis(["--appendfsync", "everysec"]);
  const stops: (() => Promise<unknown>)[] = [() => redis.stop()];
  const node = async (name: string): Promise<Bench> => {
    const bench = await open(redis.url, name, LEASE_SECONDS);
    stops.push(() => bench.close());
    return bench;
  };
  try {
    const [one, other] = [await node("one"), await node("other")];
    const client = new Redis(redis.url);
    stops.push(() => client.quit());
    const idle = await idleCommands(client);
    const farm = await other.farm(LOAD.watchers);
    const changes = await Changes.open(one, farm);
    const emptyBytes = await usedBytes(client);
    await changes.subscribe(keysOf(LOAD), LOAD.watchers);
    const weight = ((await usedBytes(client)) - emptyBytes) / (LOAD.resources * LOAD.watchers);
    // The busy one first: it warms both nodes.
    const busy = await acrossNodes(changes, BUSY_CHANGES_PER_SECOND);
    const figures = [await acrossNodes(changes, CALM_CHANGES_PER_SECOND), busy, await takeover(other, farm)];
    changes.close();
    return [
      ...figures,
      { name: "memory of a subscription in Redis", value: `${whole(weight)} bytes` },
      { name: "commands of two nodes that do nothing", value: `${whole(idle)}/s` },
    ];
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Commands a second that Redis is asked when nobody calls. */
async function idleCommands(client: Redis): Promise<number> {
  const commands = async (): Promise<number> => figureOf(await client.info("stats"), "total_commands_processed");
  const before = await commands();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return (((await commands()) - before) * 1000) / IDLE_MS;
}

async function usedBytes(client: Redis): Promise<number> {
  return figureOf(await client.info("memory"), "used_memory");
}

function figureOf(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? Number.NaN);
}

async function acrossNodes(changes: Changes, perSecond: number): Promise<Figure> {
  await changes.offer(perSecond, LOAD.resources, WARM_UP_MS);
  changes.reset();
  await changes.offer(perSecond, LOAD.resources, OFFERED_MS);
  const leftOut = changes.leftOut === 0 ? "" : ` (${whole(changes.leftOut)} left out: the one before was under way)`;
  return {
    name: `${whole(perSecond)} changes/s at one node → phones of the other, p50 / p99 / max`,
    value: `${changes.latencies.text}${leftOut}`,
    target: "p99 ≤ 5 ms",
  };
}

async function takeover(dying: Bench, farm: PhoneFarm): Promise<Figure> {
  const lamps = LOAD.resources * LOAD.watchers;
  const told = new FirstNotifies(farm, LOAD.resources);
  const startedAt = performance.now();
  await dying.kill();
  await told.all(lamps);
  return {
    name: `kill -9 of a node with ${whole(lamps)} lamps → all told by the other, its lease of ${LEASE_SECONDS} s included`,
    value: `${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    target: `≤ ${LEASE_SECONDS + 2} s`,
  };
}
