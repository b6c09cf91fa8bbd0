import type { Bench } from "../bench.ts";
import { Changes } from "../changes.ts";
import { perSecond, whole, type Figure } from "../figures.ts";
import { COMPARED, FAN_OUT, keysOf } from "../load.ts";
import { cpuSeconds } from "../machine.ts";

const { resources: RESOURCES, watchers: WATCHERS, width: WIDTH } = FAN_OUT;
const OFFERED_NOTIFIES_PER_SECOND = 10_000;
const OFFERED_MS = 8000;
const CROWD = 500;
const CROWD_CHANGES = 60;

/** Changes of state that all watchers are told: as fast as it goes, at a steady rate, and one resource with a crowd. */
export async function fanOut(bench: Bench): Promise<Figure[]> {
  const farm = await bench.farm(CROWD);
  const changes = await Changes.open(bench, farm);
  await changes.subscribe(keysOf(FAN_OUT), WATCHERS);
  const figures = [...(await closedLoop(bench, changes)), ...(await offered(changes))];
  const crowd = Array.from({ length: CROWD }, (_, watcher) => ({ watcher, resource: RESOURCES }));
  await changes.subscribe(crowd, CROWD);
  figures.push(...(await crowdOf(changes)));
  changes.close();
  return figures;
}

async function closedLoop(bench: Bench, changes: Changes): Promise<Figure[]> {
  await changes.run(FAN_OUT.warmUpMs, RESOURCES, WIDTH);
  changes.reset();
  const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(bench.pid)];
  await changes.run(FAN_OUT.forMs, RESOURCES, WIDTH);
  const ms = performance.now() - startedAt;
  const cpu = cpuSeconds(bench.pid) - cpuBefore;
  return [
    {
      name: COMPARED.fanOut,
      value: `${perSecond(changes.notified, ms)} NOTIFY/s`,
      target: "≥ 55,000",
      count: (changes.notified * 1000) / ms,
    },
    {
      name: COMPARED.fanOutPerCpu,
      value: `${whole(changes.notified / cpu)} NOTIFY`,
      target: "≥ 50,000",
      count: changes.notified / cpu,
    },
    { name: "— event loop lag, p99", value: `${(await bench.lagMs()).toFixed(1)} ms`, target: "< 50 ms" },
    { name: "— changes told over the API", value: `${perSecond(changes.notified / WATCHERS, ms)}/s` },
  ];
}

async function offered(changes: Changes): Promise<Figure[]> {
  changes.reset();
  await changes.offer(OFFERED_NOTIFIES_PER_SECOND / WATCHERS, RESOURCES, OFFERED_MS);
  return [
    {
      name: `change → watcher at ${whole(OFFERED_NOTIFIES_PER_SECOND)} NOTIFY/s, p50 / p99 / max`,
      value: changes.latencies.text,
      target: "0.6 / 1.3 ms",
    },
  ];
}

async function crowdOf(changes: Changes): Promise<Figure[]> {
  changes.reset();
  for (let count = 0; count < CROWD_CHANGES; count += 1) {
    await changes.change(RESOURCES);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [
    {
      name: `one resource, ${CROWD} watchers: change → last watcher, p50 / p99 / max`,
      value: changes.last.text,
      target: "p99 ≤ 10 ms",
    },
  ];
}
