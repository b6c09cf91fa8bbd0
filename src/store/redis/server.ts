import assert from "node:assert/strict";
import type { Clock } from "#base/clock";
import { StoreError } from "../errors.ts";
import { parseRecord } from "../record-text.ts";
import type { StoredRecord } from "../store.ts";
import { COMMAND_MAX_MS, connect, createCommandClient, within, type Client } from "./clients.ts";
import { Elsewhere } from "./elsewhere.ts";
import { storeError } from "./redis-errors.ts";
import type { RedisTarget } from "./redis-url.ts";
import { Revival } from "./revival.ts";
import { runScript, type ScriptName } from "./scripts.ts";
import type { ShardPicture } from "./shard-feed.ts";
import { SCHEMA_KEY, shardKeys, shardOf } from "./shards.ts";

/** Raised when an older release could not read what this one writes. */
const SCHEMA = 1;
/** Streams that forget an entry in the middle and scripts that write what they computed. */
const OLDEST_VERSION = [6, 2] as const;

/** Questions to Redis: each is answered, or rejects with StoreError, within a second. */
export class RedisServer {
  readonly #target: RedisTarget;
  readonly #clock: Clock;
  readonly #client: Client;
  readonly #elsewhere: Elsewhere;
  #revival: Revival | undefined;
  #isClosed = false;

  constructor(target: RedisTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.#client = createCommandClient(target);
    this.#elsewhere = new Elsewhere(this.#client, clock, COMMAND_MAX_MS);
  }

  async open(): Promise<void> {
    await connect(this.#client, this.#target, this.#clock);
    this.#revival = new Revival(this.#client, this.#clock);
    try {
      await this.#checkVersion();
      await this.#checkSchema();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#revival?.close();
    this.#client.disconnect();
  }

  /** Redis refuses by the command, before it sees that nothing is to be done. Of a Cluster, its node that holds this key is asked. */
  async tryWrite(): Promise<void> {
    await this.#ask((client) => client.setnx(SCHEMA_KEY, String(SCHEMA)));
  }

  /** Does the server write down every change by itself? What else it may do, it does too late for an answer. */
  async keepsLog(): Promise<boolean> {
    return /^aof_enabled:1/m.test(await this.#ask((client) => client.info("persistence")));
  }

  script(name: ScriptName, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#ask((client) => runScript(client, name, ...args));
  }

  async readRecord(collection: string, id: string): Promise<StoredRecord | undefined> {
    const text = await this.#ask((client) => client.hget(shardKeys(collection, shardOf(id)).records, id));
    return text === null ? undefined : record(id, text);
  }

  async readShard(collection: string, shard: number): Promise<ShardPicture> {
    const keys = shardKeys(collection, shard);
    const [sequence, life, fields] = list(await this.script("read-shard", keys.records, keys.sequence, keys.life));
    const records = pairs(list(fields).map(String)).map(([id, text]) => record(id, text));
    return { sequence: Number(sequence), life: String(life), records: new Map(records.map((entry) => [entry.id, entry])) };
  }

  async readSequence(collection: string, shard: number): Promise<number> {
    return Number((await this.#ask((client) => client.get(shardKeys(collection, shard).sequence))) ?? 0);
  }

  /** How far a shard is, and in which life; `life` is "" where nothing was ever written. */
  async readMark(collection: string, shard: number): Promise<Pick<ShardPicture, "sequence" | "life">> {
    const keys = shardKeys(collection, shard);
    const [sequence, life] = await this.#ask((client) => Promise.all([client.get(keys.sequence), client.get(keys.life)]));
    return { sequence: Number(sequence ?? 0), life: life ?? "" };
  }

  /** How many timers of a shard are due and free. */
  countDue(timersKey: string, now: number): Promise<number> {
    return this.#ask((client) => client.zcount(timersKey, "-inf", now));
  }

  /** The oldest entries of a stream, each with its fields. */
  readStream(key: string, limit: number): Promise<[id: string, fields: string[]][]> {
    return this.#ask((client) => client.xrange(key, "-", "+", "COUNT", limit));
  }

  async deleteFromStream(key: string, ids: readonly string[]): Promise<void> {
    await this.#ask((client) => client.xdel(key, ...ids));
  }

  async #ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const closed = this.#closedError();
    if (closed !== undefined) throw closed;
    try {
      return await within(
        this.#clock,
        COMMAND_MAX_MS,
        this.#elsewhere.follow(() => question(this.#client)),
      );
    } catch (error) {
      // What was under way when the store was closed fails as a lost connection does.
      throw this.#closedError(error) ?? storeError(error);
    }
  }

  #closedError(cause?: unknown): StoreError | undefined {
    return this.#isClosed ? new StoreError("store-closed", undefined, cause) : undefined;
  }

  async #checkVersion(): Promise<void> {
    const info = await this.#ask((client) => client.info("server"));
    const found = /^redis_version:(\d+)\.(\d+)/m.exec(info);
    if (found === null) return;
    const [major, minor] = [Number(found[1]), Number(found[2])];
    if (major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1])) {
      throw new StoreError("store-too-old", `Redis ${major}.${minor}, wanted ${OLDEST_VERSION.join(".")} or newer`);
    }
  }

  async #checkSchema(): Promise<void> {
    await this.#ask((client) => client.setnx(SCHEMA_KEY, String(SCHEMA)));
    const schema = Number(await this.#ask((client) => client.get(SCHEMA_KEY)));
    if (schema > SCHEMA) throw new StoreError("store-newer");
    if (!(schema >= 1)) throw new StoreError("store-broken", SCHEMA_KEY);
  }
}

/** A reply that must be a list. */
export function list(reply: unknown): readonly unknown[] {
  assert.ok(Array.isArray(reply), "a script replied something else than its head says");
  return reply;
}

/** A flat list, two by two. */
export function pairs(flat: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at] ?? "", flat[at + 1] ?? ""]);
  return found;
}

/** A record, or the error that says which one is damaged. */
export function record(id: string, text: string): StoredRecord {
  const found = parseRecord(id, text);
  if (found === undefined) throw new StoreError("store-broken", `record ${JSON.stringify(id.slice(0, 80))}`);
  return found;
}
