import { checkName } from "../limits.ts";
import type { LeaseOutcome, LeaseStore } from "../store.ts";
import { parseLease } from "./commit-script.ts";
import { list, type RedisServer } from "./server.ts";
import { shardKeys, shardOf } from "./shards.ts";

/** Leases in Redis: keys that run out by the server's own clock. */
export class RedisLeases implements LeaseStore {
  readonly #server: RedisServer;

  constructor(server: RedisServer) {
    this.#server = server;
  }

  async acquire(collection: string, id: string, holder: string, ttlMs: number): Promise<LeaseOutcome> {
    checkName(collection, id);
    const keys = shardKeys(collection, shardOf(id));
    const [type, text] = list(await this.#server.script("take-lease", keys.leasePrefix + id, keys.epoch, holder, ttlMs));
    const lease = parseLease(String(text));
    return type === "held" ? { type, epoch: lease.epoch } : { type: "refused", ...lease };
  }

  async release(collection: string, id: string, holder: string): Promise<void> {
    await this.#server.script("drop-lease", shardKeys(collection, shardOf(id)).leasePrefix + id, holder);
  }
}
