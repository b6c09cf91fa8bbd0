import assert from "node:assert/strict";
import type { DueTimer, TimerStore } from "../store.ts";
import { list, pairs, type RedisServer } from "./server.ts";
import { SHARDS, shardKeys } from "./shards.ts";

/** Timers in Redis: one sorted set a shard. */
export class RedisTimers implements TimerStore {
  readonly #server: RedisServer;

  constructor(server: RedisServer) {
    this.#server = server;
  }

  /** Asks all shards how much is due and claims only there, so that an idle poll is one round trip and no more is claimed than asked. */
  async claimDue(collection: string, now: number, claimMs: number, limit: number): Promise<DueTimer[]> {
    const shards = Array.from({ length: SHARDS }, (_, shard) => shardKeys(collection, shard));
    const counts = await Promise.all(shards.map(({ timers }) => this.#server.countDue(timers, now)));
    let left = limit;
    const claims = shards.map(async ({ timers, due }, shard) => {
      const share = Math.min(left, counts[shard] ?? 0);
      left -= share;
      if (share === 0) return [];
      const reply = await this.#server.script("claim-due-timers", timers, due, now, now + claimMs, share);
      return pairs(list(reply).map(String)).map(([member, dueAt]) => parseTimer(member, Number(dueAt)));
    });
    return (await Promise.all(claims)).flat().sort((one, other) => one.dueAt - other.dueAt);
  }
}

function parseTimer(member: string, dueAt: number): DueTimer {
  const names: unknown = JSON.parse(member);
  assert.ok(Array.isArray(names) && typeof names[0] === "string" && typeof names[1] === "string", "a timer is [id, name]");
  return { id: names[0], name: names[1], dueAt };
}
