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
const LEASE_SECONDS = 5;

/** Opens one of several nodes on a store. */
export type OpenNode = (store: string, node: string, leaseSeconds: number) => Promise<Bench>;

/** Two nodes on one Redis: a change told to one reaches phones of the other; then the phones' node dies. */
export async function nodes(open: OpenNode): Promise<Figure[]> {
  const redis = await startRedis(["--appendfsync", "everysec"]);
  const opened: Bench[] = [];
  try {
    for (const node of ["one", "other"]) opened.push(await open(redis.url, node, LEASE_SECONDS));
    const [one, other] = opened;
    if (one === undefined || other === undefined) return [];
    const farm = await other.farm(LOAD.watchers);
    const changes = await Changes.open(one, farm);
    await changes.subscribe(keysOf(LOAD), LOAD.watchers);
    // The busy one first: it warms both nodes.
    const busy = await acrossNodes(changes, BUSY_CHANGES_PER_SECOND);
    const figures = [await acrossNodes(changes, CALM_CHANGES_PER_SECOND), busy, await takeover(other, farm)];
    changes.close();
    return figures;
  } finally {
    for (const bench of opened) await bench.close();
    await redis.stop();
  }
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
