import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import type { Store } from "#store/store";
import { commitSuite } from "#test/conformance/store/commit-suite";
import { leaseSuite } from "#test/conformance/store/lease-suite";
import { randomSuite } from "#test/conformance/store/random-suite";
import { timerSuite } from "#test/conformance/store/timer-suite";
import { watchSuite } from "#test/conformance/store/watch-suite";
import type { Medium as MediumUnderTest } from "#test/conformance/store/harness";
import { SeededRandom } from "#test/support/seeded-random";
import { Medium } from "./medium.ts";
import { SimProcess } from "./sim-process.ts";
import { SimStore } from "./sim-store.ts";
import type { Surroundings } from "./world.ts";

/** Longest way of a message here, ms: real ones. */
const DELAY_MS = 3;

const random = new SeededRandom(7);
const surroundings: Surroundings = {
  now: () => systemClock.now(),
  elapsed: () => systemClock.elapsed(),
  after: (delayMs, fire) => systemClock.after(delayMs, fire),
  between: (from, to) => from + random.below(to - from),
};

function startMedium(): MediumUnderTest {
  const medium = new Medium(surroundings);
  const open = (): Promise<Store> => {
    const process = new SimProcess(surroundings, () => undefined);
    const store = new SimStore(surroundings, medium, process, quietLog);
    store.link.delayMs = DELAY_MS;
    return Promise.resolve(store);
  };
  return { open, url: "none", dataFolder: "none", isShared: true, stop: () => Promise.resolve() };
}

describe("the store of the simulation keeps the contract of every store", () => {
  let one: Store | undefined;
  let other: Store | undefined;

  before(async () => {
    const medium = startMedium();
    one = await medium.open();
    other = await medium.open();
  });

  after(async () => {
    await one?.close();
    await other?.close();
  });

  const stores = (): { one: Store; other: Store } => ({ one: one!, other: other! });
  commitSuite(stores);
  watchSuite(stores);
  timerSuite(stores);
  leaseSuite(stores);
  randomSuite(() => Promise.resolve(startMedium()));
});
