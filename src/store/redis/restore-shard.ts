import type { StoredRecord, TimerChange } from "../store.ts";
import { idFrame } from "./change-message.ts";
import { commitArgs } from "./commit-script.ts";
import { list, type RedisServer } from "./server.ts";
import { shardKeys } from "./shards.ts";

/** Records of one script call: it blocks the server for some milliseconds. */
const BATCH = 500;

/** What a watcher knew of a shard that lost its data. */
export interface LostShard {
  readonly sequence: number;
  readonly records: readonly StoredRecord[];
  readonly timersOf: (record: StoredRecord) => readonly TimerChange[];
}

/** What became of it. */
export interface RestoredShard {
  /** The life of the shard from now on. */
  readonly life: string;
  /** How many records were written; another node may have written the rest. */
  readonly written: number;
}

/** Writes back what the server lost: records with their versions, where there are no newer ones, and their timers. */
export async function restoreShard(
  server: Pick<RedisServer, "script">,
  collection: string,
  shard: number,
  { sequence, records, timersOf }: LostShard,
): Promise<RestoredShard> {
  const keys = shardKeys(collection, shard);
  let [life, written] = ["", 0];
  // Once without records too: the count must go on above what was known.
  for (let at = 0; at === 0 || at < records.length; at += BATCH) {
    const batch = records.slice(at, at + BATCH);
    const texts = batch.flatMap(({ id, version, value }) => [id, idFrame(id, false), version, value]);
    const args = [keys.records, keys.sequence, keys.life, sequence, keys.changes, ...texts];
    const reply = list(await server.script("restore-shard", ...args));
    life = String(reply[0]);
    written += Number(reply[1]);
    await Promise.all(
      batch.map(async (record) => {
        const timers = timersOf(record);
        if (timers.length === 0) return;
        const { id, version: expect } = record;
        await server.script("commit", ...commitArgs({ collection, id, expect, timers, durability: "written" }));
      }),
    );
  }
  return { life, written };
}
