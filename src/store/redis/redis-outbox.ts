import type { OutboxEntry, OutboxStore } from "../store.ts";
import { pairs, type RedisServer } from "./server.ts";
import { SHARDS, shardKeys } from "./shards.ts";

interface ShardEntry extends OutboxEntry {
  readonly streamId: readonly [ms: number, count: number];
}

/** The outbox in Redis: one stream a shard, and so in commit order per record. */
export class RedisOutbox implements OutboxStore {
  readonly #server: RedisServer;

  constructor(server: RedisServer) {
    this.#server = server;
  }

  async read(collection: string, limit: number): Promise<OutboxEntry[]> {
    const shards = Array.from({ length: SHARDS }, (_, shard) => this.#readShard(collection, shard, limit));
    const entries = (await Promise.all(shards)).flat().sort(byAge).slice(0, limit);
    return entries.map(({ entryId, id, payload }) => ({ entryId, id, payload }));
  }

  async acknowledge(collection: string, entryIds: readonly string[]): Promise<void> {
    const byShard = new Map<number, string[]>();
    for (const entryId of entryIds) {
      const [shard = "", streamId = ""] = entryId.split("/");
      const ids = byShard.get(Number(shard)) ?? [];
      ids.push(streamId);
      byShard.set(Number(shard), ids);
    }
    const deletions = [...byShard].map(([shard, ids]) => this.#server.deleteFromStream(shardKeys(collection, shard).outbox, ids));
    await Promise.all(deletions);
  }

  async #readShard(collection: string, shard: number, limit: number): Promise<ShardEntry[]> {
    const found = await this.#server.readStream(shardKeys(collection, shard).outbox, limit);
    return found.map(([streamId, fields]) => {
      const values = new Map(pairs(fields));
      const [ms, count] = streamId.split("-").map(Number);
      return {
        entryId: `${shard}/${streamId}`,
        id: values.get("id") ?? "",
        payload: values.get("payload") ?? "",
        streamId: [ms ?? 0, count ?? 0],
      };
    });
  }
}

function byAge(one: ShardEntry, other: ShardEntry): number {
  const [ms, count] = one.streamId;
  const [otherMs, otherCount] = other.streamId;
  return ms === otherMs ? count - otherCount : ms - otherMs;
}
