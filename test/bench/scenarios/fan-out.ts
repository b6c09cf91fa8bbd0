import { deviceOf } from "../bench-site.ts";
import type { Bench } from "../bench.ts";
import { Latencies, perSecond, whole, type Figure } from "../figures.ts";
import { cpuSeconds } from "../machine.ts";
import { inParallel, type PhoneFarm } from "../phone-farm.ts";

const RESOURCES = 500;
const WATCHERS = 20;
/** Resources whose change is under way at the same time. */
const WIDTH = 64;
const CLOSED_MS = 8000;
const OFFERED_NOTIFIES_PER_SECOND = 10_000;
const OFFERED_MS = 8000;
/** A watcher that is not told within this never will be. */
const TOLD_MAX_MS = 15_000;
const CROWD = 500;
const EARLY = Buffer.from(">early<");
const CONFIRMED = Buffer.from(">confirmed<");
const CROWD_CHANGES = 60;

/** Changes of state that all watchers are told: as fast as it goes, at a steady rate, and one resource with a crowd. */
export async function fanOut(bench: Bench): Promise<Figure[]> {
  const farm = await bench.farm(CROWD);
  const changes = await Changes.open(bench, farm);
  const keys = Array.from({ length: RESOURCES * WATCHERS }, (_, at) => ({
    watcher: at % WATCHERS,
    resource: Math.floor(at / WATCHERS),
  }));
  await changes.subscribe(keys, WATCHERS);
  const figures = [...(await closedLoop(bench, changes)), ...(await offered(changes))];
  const crowd = Array.from({ length: CROWD }, (_, watcher) => ({ watcher, resource: RESOURCES }));
  await changes.subscribe(crowd, CROWD);
  figures.push(...(await crowdOf(changes)));
  changes.close();
  return figures;
}

async function closedLoop(bench: Bench, changes: Changes): Promise<Figure[]> {
  await changes.run(1000, RESOURCES, WIDTH);
  changes.reset();
  const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(bench.pid)];
  await changes.run(CLOSED_MS, RESOURCES, WIDTH);
  const ms = performance.now() - startedAt;
  const cpu = cpuSeconds(bench.pid) - cpuBefore;
  return [
    {
      name: `fan-out, ${RESOURCES} resources × ${WATCHERS} watchers, closed loop`,
      value: `${perSecond(changes.notified, ms)} NOTIFY/s`,
      target: "≥ 55,000",
    },
    { name: "— per server CPU-second", value: `${whole(changes.notified / cpu)} NOTIFY`, target: "≥ 50,000" },
    { name: "— changes told over the API", value: `${perSecond(changes.notified / WATCHERS, ms)}/s` },
  ];
}

async function offered(changes: Changes): Promise<Figure[]> {
  changes.reset();
  const everyMs = (WATCHERS * 1000) / OFFERED_NOTIFIES_PER_SECOND;
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  for (let count = 0; count * everyMs < OFFERED_MS;) {
    const now = performance.now() - startedAt;
    while (count * everyMs <= now && count * everyMs < OFFERED_MS) {
      // One that is still under way is left out: two changes of a resource must not overtake each other.
      const resource = count % RESOURCES;
      if (!changes.isUnderWay(resource)) pending.push(changes.change(resource));
      count += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(pending);
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

/** Changes devices over the API and waits for the NOTIFYs of each change. */
class Changes {
  readonly #farm: PhoneFarm;
  readonly #put: (resource: number, state: string) => Promise<number>;
  readonly close: () => void;
  readonly #watchers = new Map<number, number>();
  readonly #open = new Map<
    number,
    { readonly startedAt: number; readonly told: Set<number>; readonly shows: Buffer; readonly done: () => void }
  >();
  readonly #turn = new Map<number, number>();
  #fail: (error: Error) => void = () => undefined;
  readonly #failed = new Promise<never>((_resolve, reject) => {
    this.#fail = reject;
  });
  notified = 0;
  latencies = new Latencies();
  last = new Latencies();

  static async open(bench: Bench, farm: PhoneFarm): Promise<Changes> {
    const pipe = await bench.api(WIDTH);
    return new Changes(
      farm,
      (resource, state) => pipe.ask("PUT", `/api/v1/devices/${deviceOf(resource)}`, `{"state":"${state}"}`),
      () => {
        pipe.close();
      },
    );
  }

  private constructor(farm: PhoneFarm, put: (resource: number, state: string) => Promise<number>, close: () => void) {
    this.#farm = farm;
    this.#put = put;
    this.close = close;
    farm.onNotify = ({ watcher, resource }, message) => {
      this.#notified(watcher, resource, message);
    };
  }

  async subscribe(keys: readonly { readonly watcher: number; readonly resource: number }[], watchers: number): Promise<void> {
    await inParallel(keys, WATCHERS * 4, (key) => this.#farm.subscribe(key));
    for (const { resource } of keys) this.#watchers.set(resource, watchers);
  }

  reset(): void {
    this.notified = 0;
    this.latencies = new Latencies();
    this.last = new Latencies();
  }

  /** Each lane has resources of its own, so that no change overtakes another of the same resource. */
  async run(forMs: number, resources: number, width: number): Promise<void> {
    const endAt = performance.now() + forMs;
    const lane = async (first: number): Promise<void> => {
      for (let at = first; performance.now() < endAt; at = at + width < resources ? at + width : first) await this.change(at);
    };
    await Promise.all(Array.from({ length: width }, (_, first) => lane(first)));
  }

  isUnderWay(resource: number): boolean {
    return this.#open.has(resource);
  }

  /** Resolves when every watcher was told. */
  async change(resource: number): Promise<void> {
    const turn = (this.#turn.get(resource) ?? 0) + 1;
    this.#turn.set(resource, turn);
    const isRinging = turn % 2 === 1;
    const told = new Promise<void>((done) => {
      this.#open.set(resource, {
        startedAt: performance.now(),
        told: new Set(),
        shows: isRinging ? EARLY : CONFIRMED,
        done,
      });
    });
    const status = await this.#put(resource, isRinging ? "RINGING" : "INUSE");
    if (status !== 200) throw new Error(`the API answered ${status}`);
    const giveUp = setTimeout(() => {
      const open = this.#open.get(resource);
      this.#fail(
        new Error(
          `only ${open?.told.size ?? 0} of ${this.#watchers.get(resource) ?? 0} watchers of ${deviceOf(resource)} were told`,
        ),
      );
    }, TOLD_MAX_MS);
    await Promise.race([told, this.#failed]);
    clearTimeout(giveUp);
  }

  #notified(watcher: number, resource: number, message: Buffer): void {
    const open = this.#open.get(resource);
    // Not the first document after SUBSCRIBE, and not the same NOTIFY again because its 200 came late.
    if (open === undefined || open.told.has(watcher) || !message.includes(open.shows)) return;
    open.told.add(watcher);
    this.notified += 1;
    const ms = performance.now() - open.startedAt;
    this.latencies.add(ms);
    if (open.told.size < (this.#watchers.get(resource) ?? 0)) return;
    this.last.add(ms);
    this.#open.delete(resource);
    open.done();
  }
}
