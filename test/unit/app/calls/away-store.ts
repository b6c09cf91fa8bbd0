import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { StoreError } from "#store/errors";
import { openStore } from "#store/open-store";
import type { Commit, Store } from "#store/store";

/** A real store that can be away for a while. */
export interface AwayStore {
  readonly store: Store;
  isAway: boolean;
  /** How often it was asked while away. */
  refused: number;
  stop(): Promise<void>;
}

export async function openAwayStore(): Promise<AwayStore> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-away-"));
  const real = await openStore({ url: "embedded", dataFolder: folder, clock: systemClock, log: quietLog });
  const store = Object.create(real) as Store;
  const away: AwayStore = {
    store,
    isAway: false,
    refused: 0,
    stop: async () => {
      await real.close();
      await rm(folder, { recursive: true });
    },
  };
  const gone = (): Promise<never> => {
    away.refused += 1;
    return Promise.reject(new StoreError("store-unreachable", "away"));
  };
  store.commit = (commit: Commit) => (away.isAway ? gone() : real.commit(commit));
  store.read = (collection, id) => (away.isAway ? gone() : real.read(collection, id));
  for (const name of ["readAll", "watch"] as const) store[name] = real[name].bind(real) as never;
  return away;
}
