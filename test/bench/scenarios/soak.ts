import type { Bench } from "../bench.ts";
import { Changes } from "../changes.ts";
import { mebibytes, whole, type Figure } from "../figures.ts";
import { residentBytes } from "../machine.ts";

const RESOURCES = 500;
const WATCHERS = 20;
const NOTIFIES_PER_SECOND = 10_000;
const ROUNDS = 20;

/** The same load for a long time. Whoever is not told within 15 s fails it; memory is looked at in twentieths of the time. */
export async function soak(bench: Bench, seconds: number): Promise<Figure[]> {
  const farm = await bench.farm(WATCHERS);
  const changes = await Changes.open(bench, farm);
  const keys = Array.from({ length: RESOURCES * WATCHERS }, (_, at) => ({
    watcher: at % WATCHERS,
    resource: Math.floor(at / WATCHERS),
  }));
  await changes.subscribe(keys, WATCHERS);
  await bench.lagMs();
  const resident: number[] = [];
  let lagMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await changes.offer(NOTIFIES_PER_SECOND / WATCHERS, RESOURCES, (seconds * 1000) / ROUNDS);
    resident.push(residentBytes(bench.pid));
    lagMs = Math.max(lagMs, await bench.lagMs());
  }
  changes.close();
  const half = resident.length / 2;
  const [early, late] = [Math.max(...resident.slice(0, half)), Math.max(...resident.slice(half))];
  return [
    { name: `NOTIFYs in ${whole(seconds)} s, every one arrived`, value: whole(changes.notified) },
    { name: "changes not offered because the one before was under way", value: whole(changes.leftOut) },
    { name: "change → watcher, p50 / p99 / max", value: changes.latencies.text },
    { name: "memory (RSS), highest of the first half → of the second", value: `${mebibytes(early)} → ${mebibytes(late)}` },
    { name: "event loop lag, worst p99 of a twentieth", value: `${lagMs.toFixed(1)} ms`, target: "< 50 ms" },
  ];
}
