import type { Latencies } from "./figures.ts";
import type { PhoneFarm } from "./phone-farm.ts";

/** What is not told within this never will be. */
const TOLD_MAX_MS = 15_000;

/** Counts something that has to happen so often; rejects when it does not. Each one is told the milliseconds since now. */
export function counted(what: string, count: number, each: (ms: number) => void = () => undefined): Counted {
  const since = performance.now();
  let [seen, done] = [0, (_ms: number): void => undefined];
  const all = new Promise<number>((resolve, reject) => {
    const giveUp = setTimeout(() => {
      reject(new Error(`${what}: only ${seen} of ${count}`));
    }, TOLD_MAX_MS);
    done = (ms) => {
      clearTimeout(giveUp);
      resolve(ms);
    };
  });
  const one = (): void => {
    seen += 1;
    const ms = performance.now() - since;
    each(ms);
    if (seen === count) done(ms);
  };
  return { one, all };
}

export interface Counted {
  /** It has happened once more. */
  readonly one: () => void;
  /** Milliseconds until the last one. */
  readonly all: Promise<number>;
}

/** Resolves when the lamps of all these watchers show this, with the milliseconds until the last one. */
export function lampsTold(
  farm: PhoneFarm,
  watchers: number,
  state: "early" | "confirmed" | "terminated",
  each?: Latencies,
): Promise<number> {
  const wanted = Buffer.from(`<state>${state}</state>`);
  const told = new Set<number>();
  const { one, all } = counted(`lamps ${state}`, watchers, (ms) => each?.add(ms));
  farm.onNotify = ({ watcher }, message) => {
    if (told.has(watcher) || !message.includes(wanted)) return;
    told.add(watcher);
    one();
  };
  return all;
}
