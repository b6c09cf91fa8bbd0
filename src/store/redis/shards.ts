/**
 * A collection is split by id into this many shards, each under one hash tag: a commit touches one slot of a cluster, and a watcher
 * that missed something reads one shard again. Part of the data's format: never to be changed.
 */
export const SHARDS = 16;

export const SCHEMA_KEY = "lamplighter:schema";

/** Keys of one shard; documented in README.md. */
export interface ShardKeys {
  /** Hash: id → record text. */
  readonly records: string;
  /** Counter: raised by every change of a record; messages carry it, so that a gap is seen. */
  readonly sequence: string;
  /** When the counting of the sequence began: another value, and the shard lost its data. */
  readonly life: string;
  /** Sorted set: timer → when it may be handed out. */
  readonly timers: string;
  /** Hash: timer → when it is due. */
  readonly due: string;
  /** Stream of outbox entries. */
  readonly outbox: string;
  /** Counter: the last epoch given to a lease. */
  readonly epoch: string;
  /** Channel of changes. */
  readonly changes: string;
  /** Lease of a record is this and its id. */
  readonly leasePrefix: string;
}

export function shardKeys(collection: string, shard: number): ShardKeys {
  const tag = `lamplighter:{${collection}.${shard}}`;
  return {
    records: `${tag}:records`,
    sequence: `${tag}:seq`,
    life: `${tag}:life`,
    timers: `${tag}:timers`,
    due: `${tag}:due`,
    outbox: `${tag}:outbox`,
    epoch: `${tag}:epoch`,
    changes: `${tag}:changes`,
    leasePrefix: `${tag}:lease:`,
  };
}

/** Which shard an id lives in: FNV-1a over its UTF-16 units. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % SHARDS;
}
