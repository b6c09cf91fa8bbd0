import { inParallel } from "#test/support/in-parallel";
import { deviceOf } from "./bench-site.ts";
import type { Bench } from "./bench.ts";
import { Latencies } from "./figures.ts";
import type { PhoneFarm } from "./phone-farm.ts";

const API_CONNECTIONS = 64;
const SUBSCRIBES_AT_ONCE = 80;
/** A watcher that is not told within this never will be. */
const TOLD_MAX_MS = 15_000;
const EARLY = Buffer.from(">early<");
const CONFIRMED = Buffer.from(">confirmed<");

/** Changes devices over the API and waits for the NOTIFYs of each change. */
export class Changes {
  readonly #farm: PhoneFarm;
  readonly #put: (resource: number, state: string) => Promise<number>;
  readonly close: () => void;
  readonly #watchers = new Map<number, number>();
  readonly #open = new Map<
    number,
    { readonly startedAt: number; readonly told: Set<number>; readonly shows: Buffer; readonly done: () => void }
  >();
  readonly #turn = new Map<number, number>();
  notified = 0;
  /** Changes that were due while the one before was under way. */
  leftOut = 0;
  latencies = new Latencies();
  last = new Latencies();

  static async open(bench: Bench, farm: PhoneFarm): Promise<Changes> {
    const pipe = await bench.api(API_CONNECTIONS);
    return new Changes(
      farm,
      (resource, state) => pipe.ask("PUT", `/api/v1/devices/${deviceOf(resource)}`, `{"state":"${state}"}`),
      () => {
        pipe.close();
      },
    );
  }

  /** With another way to change a resource; `put` resolves with 200 when it was taken. */
  static over(farm: PhoneFarm, put: (resource: number, state: string) => Promise<number>): Changes {
    return new Changes(farm, put, () => undefined);
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
    await inParallel(keys, SUBSCRIBES_AT_ONCE, (key) => this.#farm.subscribe(key));
    this.expect(keys, watchers);
  }

  /** So many watchers have to hear of each of these resources. */
  expect(keys: readonly { readonly resource: number }[], watchers: number): void {
    for (const { resource } of keys) this.#watchers.set(resource, watchers);
  }

  reset(): void {
    this.notified = 0;
    this.leftOut = 0;
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

  /** So many changes a second, one resource after the other, for `forMs`. Resolves when every watcher was told. */
  async offer(perSecond: number, resources: number, forMs: number): Promise<void> {
    const everyMs = 1000 / perSecond;
    const startedAt = performance.now();
    const pending = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for (let count = 0; count * everyMs < forMs && failures.length === 0;) {
      const now = performance.now() - startedAt;
      while (count * everyMs <= now && count * everyMs < forMs) {
        // One that is still under way is left out: two changes of a resource must not overtake each other.
        const resource = count % resources;
        if (this.isUnderWay(resource)) this.leftOut += 1;
        else {
          const change = this.change(resource)
            .catch((error: unknown) => failures.push(error))
            .then(() => void pending.delete(change));
          pending.add(change);
        }
        count += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(pending);
    if (failures.length > 0) throw failures[0];
  }

  isUnderWay(resource: number): boolean {
    return this.#open.has(resource);
  }

  /** Resolves when every watcher was told. */
  async change(resource: number): Promise<void> {
    const turn = (this.#turn.get(resource) ?? 0) + 1;
    this.#turn.set(resource, turn);
    const isRinging = turn % 2 === 1;
    const told = new Set<number>();
    let giveUp: NodeJS.Timeout | undefined;
    const allTold = new Promise<void>((resolve, reject) => {
      this.#open.set(resource, { startedAt: performance.now(), told, shows: isRinging ? EARLY : CONFIRMED, done: resolve });
      giveUp = setTimeout(() => {
        const watchers = this.#watchers.get(resource) ?? 0;
        reject(new Error(`only ${told.size} of ${watchers} watchers of ${deviceOf(resource)} were told`));
      }, TOLD_MAX_MS);
    });
    const taken = this.#put(resource, isRinging ? "RINGING" : "INUSE").then((status) => {
      if (status !== 200) throw new Error(`the API answered ${status}`);
    });
    try {
      await Promise.all([taken, allTold]);
    } finally {
      clearTimeout(giveUp);
    }
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
