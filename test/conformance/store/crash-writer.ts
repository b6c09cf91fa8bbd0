import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { openStore } from "#store/open-store";
import type { Store } from "#store/store";

/**
 * A process of its own that writes until it is killed: every record counts up, and each commit says its count in value, timer and
 * outbox. A line "id count" goes out as soon as a commit is acknowledged. Arguments: URL and data folder of the store.
 */
const [, , url = "", dataFolder = ""] = process.argv;
const RECORDS = 20;

const store = await openStore({ url, dataFolder, clock: systemClock, log: quietLog });
await Promise.all(Array.from({ length: RECORDS }, (_, at) => countUp(store, `r${at}`, at % 2 === 0 ? "synced" : "written")));

async function countUp(to: Store, id: string, durability: "synced" | "written"): Promise<never> {
  for (let current = await to.read("crash", id); ;) {
    const value = String(Number(current?.value ?? 0) + 1);
    const outcome = await to.commit({
      collection: "crash",
      id,
      expect: current?.version ?? 0,
      value,
      timers: [{ name: "t", dueAt: Number(value) }],
      outbox: [value],
      durability,
    });
    if (outcome.type !== "committed") throw new Error(`nobody else writes, and yet: ${outcome.type}`);
    current = { id, version: outcome.version, value };
    process.stdout.write(`${id} ${value}\n`);
  }
}
