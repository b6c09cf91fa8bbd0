import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { checkCommit } from "../limits.ts";
import type {
  ChangeListener,
  Commit,
  CommitOutcome,
  LeaseStore,
  OutboxStore,
  Store,
  StoredRecord,
  TimersOf,
  TimerStore,
} from "../store.ts";
import { COMMAND_MAX_MS, within } from "./clients.ts";
import { commitArgs, commitOutcome, committedChange } from "./commit-script.ts";
import { Feeds } from "./feeds.ts";
import { RedisLeases } from "./redis-leases.ts";
import { RedisOutbox } from "./redis-outbox.ts";
import { RedisTimers } from "./redis-timers.ts";
import { describeTarget, parseRedisUrl } from "./redis-url.ts";
import { RedisServer } from "./server.ts";
import { SHARDS } from "./shards.ts";
import { Turns } from "./turns.ts";

/** Records of a shard: 16 with less arrive together within a second, on a busy machine too. */
const LARGE_SHARD = 2000;

interface Parts {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the store that several nodes share. Rejects with StoreError when Redis is not there or is not usable. */
export async function openRedisStore(parts: Parts): Promise<Store> {
  const target = parseRedisUrl(parts.url);
  const server = new RedisServer(target, parts.clock);
  await server.open();
  const losses = new Set<() => void>();
  const feeds = new Feeds({
    target,
    clock: parts.clock,
    log: parts.log,
    server,
    onLost: () => {
      for (const listener of losses) listener();
    },
  });
  try {
    await feeds.open();
    if (!(await server.keepsLog())) {
      parts.log.warn("the store's server forgets what was acknowledged when it restarts: set appendonly to yes", {
        store: describeTarget(target),
      });
    }
  } catch (error) {
    feeds.close();
    server.close();
    throw error;
  }
  return new RedisStore(parts.clock, server, feeds, losses);
}

/** Records, timers and outbox in Redis; every decision is made by one script on one shard. */
class RedisStore implements Store {
  readonly #clock: Clock;
  readonly #server: RedisServer;
  readonly #feeds: Feeds;
  readonly #losses: Set<() => void>;
  readonly timers: TimerStore;
  readonly outbox: OutboxStore;
  readonly leases: LeaseStore;

  constructor(clock: Clock, server: RedisServer, feeds: Feeds, losses: Set<() => void>) {
    this.#clock = clock;
    this.#server = server;
    this.#feeds = feeds;
    this.#losses = losses;
    this.timers = new RedisTimers(server);
    this.outbox = new RedisOutbox(server);
    this.leases = new RedisLeases(server);
  }

  read(collection: string, id: string): Promise<StoredRecord | undefined> {
    return this.#server.readRecord(collection, id);
  }

  async readAll(collection: string): Promise<StoredRecord[]> {
    // The first shard tells how large the others are. Large ones are read one after the other: each may take its second.
    const first = await this.#server.readShard(collection, 0);
    const turns = new Turns(first.records.size > LARGE_SHARD ? 1 : SHARDS);
    const rest = Array.from({ length: SHARDS - 1 }, (_, at) => turns.take(() => this.#server.readShard(collection, at + 1)));
    return [first, ...(await Promise.all(rest))].flatMap(({ records }) => [...records.values()]);
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    checkCommit(commit);
    const startedAt = this.#clock.now();
    const reply = await this.#server.script("commit", ...commitArgs(commit));
    const change = committedChange(commit, reply);
    const told = change === undefined ? undefined : this.#feeds.learn(commit.collection, change);
    // Both together may take as long as one question.
    if (told !== undefined) await within(this.#clock, startedAt + COMMAND_MAX_MS - this.#clock.now(), told);
    return commitOutcome(commit.id, reply);
  }

  watch(collection: string, listener: ChangeListener, timersOf?: TimersOf): Promise<Stop> {
    return this.#feeds.watch(collection, listener, timersOf);
  }

  onLost(unwatched: readonly string[], listener: () => void): void {
    for (const collection of unwatched) this.#feeds.alsoLost(collection);
    this.#losses.add(listener);
  }

  tryWrite(): Promise<void> {
    return this.#server.tryWrite();
  }

  close(): Promise<void> {
    this.#feeds.close();
    this.#server.close();
    return Promise.resolve();
  }
}
