import { join } from "node:path";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { openEmbeddedStore } from "./embedded/embedded-store.ts";
import { openRedisStore } from "./redis/redis-store.ts";
import { REDIS_SCHEMES } from "./redis/redis-url.ts";
import type { Store } from "./store.ts";

/** What a store may need to be opened. */
export interface StoreSite {
  /** As given to `--store`. */
  readonly url: string;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** One kind of store: the URL schemes that name it, and how to open it. */
export interface StoreKind {
  readonly name: string;
  readonly schemes: readonly string[];
  open(site: StoreSite): Promise<Store>;
}

export const STORE_KINDS: readonly StoreKind[] = [
  {
    name: "embedded",
    schemes: ["embedded"],
    open: ({ dataFolder, clock, log }) => openEmbeddedStore({ folder: join(dataFolder, "store"), clock, log }),
  },
  { name: "redis", schemes: REDIS_SCHEMES, open: openRedisStore },
];
