import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";
import { StoreError } from "../errors.ts";
import type { ChangeListener, StoredRecord, TimersOf } from "../store.ts";
import { Watchers } from "../watchers.ts";
import { parseChangeMessage, type ChangeMessage } from "./change-message.ts";
import { Listener } from "./listener.ts";
import type { RedisTarget } from "./redis-url.ts";
import { restoreShard } from "./restore-shard.ts";
import type { RedisServer } from "./server.ts";
import { ShardFeed } from "./shard-feed.ts";
import { SHARDS, shardKeys, shardOf } from "./shards.ts";
import { Turns } from "./turns.ts";
import { UnwatchedShards } from "./unwatched-shards.ts";

/** How often the feeds are compared with the server's sequences: what got lost without a trace is seen within two of these. */
const CHECK_EVERY_MS = 2000;
/** Shards of one loss are found one after the other: it is told when no more came up for this long. */
const LOSS_TOLD_AFTER_MS = 500;

/** Shards read at once: of all of them together, a large store could send none within its time. */
const READS_AT_ONCE = 8;

/** What the feeds ask the server. */
type Server = Pick<RedisServer, "readShard" | "readSequence" | "readMark" | "script">;

interface Parts {
  readonly target: RedisTarget;
  readonly clock: Clock;
  readonly log: Log;
  readonly server: Server;
  /** The server lost data; what was watched has been written back. */
  readonly onLost: () => void;
}

interface CollectionFeed {
  readonly shards: readonly ShardFeed[];
  readonly ready: Promise<void>;
}

/** The change feeds of all collections that somebody watches; a collection once watched is followed until the store closes. */
export class Feeds {
  readonly #parts: Parts;
  readonly #watchers: Watchers;
  readonly #listener: Listener;
  readonly #collections = new Map<string, CollectionFeed>();
  readonly #byChannel = new Map<string, ShardFeed>();
  /** Sequences that were ahead of ours at the last check. */
  #ahead = new Map<ShardFeed, number>();
  readonly #reads = new Turns(READS_AT_ONCE);
  readonly #timersOf = new Map<string, TimersOf>();
  readonly #unwatched = new Map<string, UnwatchedShards>();
  #stopCheck: StopTimer | undefined;
  #stopLoss: StopTimer | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#watchers = new Watchers(parts.log);
    this.#listener = new Listener({
      target: parts.target,
      clock: parts.clock,
      log: parts.log,
      onMessage: (channel, message) => {
        this.#hear(channel, message);
      },
      onReconnected: () => {
        for (const feed of this.#byChannel.values()) feed.reconnected();
      },
    });
  }

  async open(): Promise<void> {
    await this.#listener.open();
    this.#scheduleCheck();
  }

  async watch(collection: string, listener: ChangeListener, timersOf: TimersOf | undefined): Promise<Stop> {
    if (this.#isClosed) throw new StoreError("store-closed");
    if (timersOf !== undefined) this.#timersOf.set(collection, timersOf);
    const feed = this.#collections.get(collection) ?? this.#follow(collection);
    await feed.ready;
    const watcher = this.#watchers.join(collection, listener);
    const records = feed.shards.flatMap((shard) => [...shard.records()]);
    for (const record of records) this.#watchers.tell(collection, [watcher], record);
    return () => {
      this.#watchers.leave(collection, watcher);
      return Promise.resolve();
    };
  }

  /** Tells the watchers of a collection what our own commit changed. Settles as ShardFeed.learn does. */
  learn(collection: string, message: ChangeMessage): Promise<void> | undefined {
    this.#unwatched.get(collection)?.committed(message.change.id, message.sequence);
    return this.#collections.get(collection)?.shards[shardOf(message.change.id)]?.learn(message);
  }

  /** A collection that nobody follows: its loss is told all the same. */
  alsoLost(collection: string): void {
    if (!this.#unwatched.has(collection)) this.#unwatched.set(collection, new UnwatchedShards(this.#parts.server, collection));
  }

  close(): void {
    this.#isClosed = true;
    this.#stopCheck?.();
    this.#stopCheck = undefined;
    this.#stopLoss?.();
    this.#listener.close();
    for (const feed of this.#byChannel.values()) feed.close();
  }

  #follow(collection: string): CollectionFeed {
    const shards = Array.from({ length: SHARDS }, (_, shard) => this.#shardFeed(collection, shard));
    const ready = this.#start(collection, shards);
    const feed = { shards, ready };
    this.#collections.set(collection, feed);
    ready.catch(() => {
      this.#forget(collection, shards);
    });
    return feed;
  }

  async #start(collection: string, shards: readonly ShardFeed[]): Promise<void> {
    const channels = shards.map((feed, shard) => {
      const channel = shardKeys(collection, shard).changes;
      this.#byChannel.set(channel, feed);
      return channel;
    });
    await this.#listener.subscribe(channels);
    await Promise.all(shards.map((feed) => feed.readOnce()));
  }

  #forget(collection: string, shards: readonly ShardFeed[]): void {
    this.#collections.delete(collection);
    shards.forEach((feed, shard) => {
      feed.close();
      this.#byChannel.delete(shardKeys(collection, shard).changes);
    });
  }

  #shardFeed(collection: string, shard: number): ShardFeed {
    return new ShardFeed({
      clock: this.#parts.clock,
      read: () => this.#reads.take(() => this.#parts.server.readShard(collection, shard)),
      restore: (sequence, records) => this.#restore(collection, shard, sequence, records),
      tell: (change) => {
        this.#watchers.tell(collection, this.#watchers.of(collection), change);
      },
    });
  }

  async #restore(collection: string, shard: number, sequence: number, records: readonly StoredRecord[]): Promise<string> {
    const timersOf = this.#timersOf.get(collection) ?? (() => []);
    const { life, written } = await restoreShard(this.#parts.server, collection, shard, { sequence, records, timersOf });
    if (written > 0)
      this.#parts.log.error("the store lost data that it had acknowledged: what this node knew was written back", {
        collection,
        shard,
        records: written,
      });
    this.#lost();
    return life;
  }

  #lost(): void {
    this.#stopLoss?.();
    this.#stopLoss = this.#parts.clock.after(LOSS_TOLD_AFTER_MS, this.#parts.onLost);
  }

  #hear(channel: string, text: string): void {
    const message = parseChangeMessage(text);
    const feed = this.#byChannel.get(channel);
    if (message !== undefined) feed?.hear(message);
    else this.#parts.log.warn("a message on a channel of ours is not ours", { channel });
  }

  #scheduleCheck(): void {
    this.#stopCheck = this.#parts.clock.after(CHECK_EVERY_MS, () => {
      // Rejects when the server does not answer: then there is nothing to compare with, and reconnecting repairs.
      void this.#check()
        .catch(() => undefined)
        .finally(() => {
          if (this.#stopCheck !== undefined) this.#scheduleCheck();
        });
    });
  }

  async #check(): Promise<void> {
    await this.#listener.check();
    const ahead = new Map<ShardFeed, number>();
    await Promise.all(
      [...this.#collections].flatMap(([collection, { shards }]) =>
        shards.map(async (feed, shard) => {
          const known = feed.sequence;
          const sequence = await this.#parts.server.readSequence(collection, shard);
          if (this.#isBehind(feed, known, sequence)) feed.repair();
          else if (sequence > feed.sequence) ahead.set(feed, sequence);
        }),
      ),
    );
    this.#ahead = ahead;
    for (const shards of this.#unwatched.values()) if (await shards.look()) this.#lost();
  }

  /** A message may be on its way: only what is still missing at the next check is lost. A server below what we knew lost its data. */
  #isBehind(feed: ShardFeed, known: number, sequence: number): boolean {
    return !feed.isReading && (feed.sequence < (this.#ahead.get(feed) ?? 0) || sequence < known);
  }
}
