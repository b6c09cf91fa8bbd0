import { inParallel } from "#test/support/in-parallel";
import type { Bench } from "../bench.ts";
import { mebibytes, perSecond, whole, type Figure } from "../figures.ts";
import { cpuSeconds, residentBytes } from "../machine.ts";
import { FirstNotifies } from "../first-notifies.ts";
import { COMPARED, keysOf, SUBSCRIPTIONS } from "../load.ts";
import type { FarmKey } from "../phone-farm.ts";

const { width: WIDTH } = SUBSCRIPTIONS;
const WARM_UP = 10_000;

/** New subscriptions, refreshes, what they weigh, and a restart by kill -9 with all of them. */
export async function subscriptions(bench: Bench): Promise<Figure[]> {
  const farm = await bench.farm(SUBSCRIPTIONS.watchers);
  const told = new FirstNotifies(farm, SUBSCRIPTIONS.resources);
  const keys: readonly FarmKey[] = keysOf(SUBSCRIPTIONS);
  const total = keys.length;

  // Fetches run most of the same code and leave nothing: the server is warm.
  await inParallel(keys.slice(0, WARM_UP), WIDTH, (key) => farm.subscribe(key, { expires: 0 }));
  await told.all(WARM_UP);
  told.reset();
  const emptyBytes = residentBytes(bench.pid);
  const dialogs = new Map<FarmKey, string>();
  const created = await timed(bench, async () => {
    await inParallel(keys, WIDTH, async (key) => dialogs.set(key, await farm.subscribe(key)));
    await told.all(total);
  });
  const fullBytes = residentBytes(bench.pid);
  told.reset();
  const refreshed = await timed(bench, async () => {
    await inParallel(keys, WIDTH, (key) => farm.subscribe(key, { dialog: dialogs.get(key) ?? "" }));
    await told.all(total);
  });
  const repeats = farm.repeats;

  told.reset();
  const lagMs = await bench.lagMs();
  const repeatsBefore = farm.repeats;
  const storm = await timed(bench, async () => {
    // Every one at once, in a dialog of its own, as after a power failure; one that fails fails the bench.
    await inParallel(keys, total, (key) => farm.subscribe(key, { round: "again" }));
    await told.all(total);
  });
  const stormRepeats = farm.repeats - repeatsBefore;
  const stormLagMs = await bench.lagMs();

  told.reset();
  await bench.kill();
  const startedAt = performance.now();
  await bench.start();
  const readyMs = performance.now() - startedAt;
  await told.all(total);
  const toldMs = performance.now() - startedAt;
  return [
    {
      name: COMPARED.created,
      value: `${perSecond(total, created.ms)}/s`,
      target: "≥ 20,000",
      count: (total * 1000) / created.ms,
    },
    { name: "— per server CPU-second", value: whole(total / created.cpu) },
    {
      name: COMPARED.refreshed,
      value: `${perSecond(total, refreshed.ms)}/s`,
      target: "≥ 20,000",
      count: (total * 1000) / refreshed.ms,
    },
    { name: "requests that had to be sent again", value: whole(repeats) },
    { name: `memory with ${whole(total)} subscriptions (RSS)`, value: mebibytes(fullBytes), target: "≤ 250 MB" },
    { name: "— per subscription", value: `${whole((fullBytes - emptyBytes) / total)} bytes` },
    { name: "event loop lag meanwhile, p99", value: `${lagMs.toFixed(1)} ms`, target: "< 50 ms" },
    {
      name: `${whole(total)} re-subscriptions fired at once: the last one served, none failed`,
      value: `${(storm.ms / 1000).toFixed(1)} s`,
      target: "≤ 5 s",
    },
    { name: "— requests that had to be sent again", value: whole(stormRepeats) },
    { name: "— event loop lag, p99", value: `${stormLagMs.toFixed(1)} ms`, target: "< 50 ms" },
    {
      name: `restart after kill -9 with ${whole(total)} subscriptions: ready`,
      value: `${(readyMs / 1000).toFixed(1)} s`,
      target: "≤ 3 s",
    },
    { name: "— every subscription told the present state", value: `${(toldMs / 1000).toFixed(1)} s`, target: "≤ 10 s" },
  ];
}

async function timed(bench: Bench, work: () => Promise<void>): Promise<{ readonly ms: number; readonly cpu: number }> {
  const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(bench.pid)];
  await work();
  return { ms: performance.now() - startedAt, cpu: cpuSeconds(bench.pid) - cpuBefore };
}
