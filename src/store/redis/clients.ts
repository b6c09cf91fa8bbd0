import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { Clock } from "#base/clock";
import { StoreError } from "../errors.ts";
import { replyWord, storeError } from "./redis-errors.ts";
import { describeTarget, type RedisTarget } from "./redis-url.ts";
import { scriptCommands } from "./scripts.ts";

export type Client = Redis | Cluster;

/** Nothing hangs longer (store.ts). */
export const COMMAND_MAX_MS = 1000;
/** A connection that stays silent this long after a question is given up for dead. */
const SILENT_MAX_MS = 5000;
const CONNECT_MAX_MS = 2000;
/** Given to the other side to close its end; a hung one never does. */
const DISCONNECT_MAX_MS = 200;
/** All of a first connection: names looked up, Sentinels asked. */
const OPEN_MAX_MS = 5000;
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 2000;
/** How often a cluster is asked which node has which shard: answers of many kinds at once do not make the client ask by itself. */
const SLOTS_EVERY_MS = 5000;

/** Back-off of every reconnection. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempt - 1, 10));
}

/**
 * The connection for commands. It never repeats a command by itself: a commit whose answer got lost may have been made, and only
 * the caller, who knows the version it came from, can try again safely.
 */
export function createCommandClient(target: RedisTarget): Client {
  const shared = {
    ...connectionOptions(target),
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    socketTimeout: SILENT_MAX_MS,
    // A master that became a replica: the next connection finds the new one.
    reconnectOnError: (error: Error) => replyWord(error.message) === "READONLY",
  } satisfies RedisOptions;
  const options = { lazyConnect: true, enableOfflineQueue: false, enableAutoPipelining: true, scripts: scriptCommands() };
  if (target.mode === "cluster") {
    return new Cluster([...target.hosts], {
      ...options,
      redisOptions: shared,
      clusterRetryStrategy: retryDelayMs,
      // Otherwise it sends again what was under way on a lost connection.
      retryDelayOnFailover: 0,
      slotsRefreshInterval: SLOTS_EVERY_MS,
    });
  }
  return new Redis({ ...shared, ...options, ...serverOptions(target, 0), retryStrategy: retryDelayMs });
}

/**
 * A connection to listen on, for one life: its owner makes the next one, and so knows of every gap. In a cluster any node will do,
 * since each passes on what is published at another.
 */
export function createListeningClient(target: RedisTarget, attempt: number): Redis {
  return new Redis({
    ...connectionOptions(target),
    ...serverOptions(target, attempt),
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    socketTimeout: SILENT_MAX_MS,
    retryStrategy: null,
    sentinelRetryStrategy: () => null,
  });
}

/** Connects, or rejects with a sentence that says where and why not. Leaves nothing behind when it fails. */
export async function connect(client: Client, target: RedisTarget, clock: Clock): Promise<void> {
  let reason: unknown;
  const onError = (error: unknown): void => {
    reason = error;
  };
  client.on("error", onError);
  try {
    await within(clock, OPEN_MAX_MS, connectAll(client));
  } catch (error) {
    client.disconnect();
    throw openError(target, reason ?? error);
  }
}

/** A cluster's client connects to one node only, and refuses commands while it connects to the next. */
async function connectAll(client: Client): Promise<void> {
  await client.connect();
  if (client instanceof Cluster) await Promise.all(client.nodes("master").map((node) => node.ping()));
}

/** The promise, or a timeout. */
export async function within<T>(clock: Clock, limitMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopTimer = clock.after(limitMs, () => {
      reject(new StoreError("store-timeout", `${limitMs} ms`));
    });
    promise.finally(stopTimer).then(resolve, reject);
  });
}

function openError(target: RedisTarget, reason: unknown): StoreError {
  const error = storeError(reason);
  const why = error.cause instanceof Error ? error.cause.message : error.message;
  return new StoreError(
    error.code === "store-timeout" ? "store-timeout" : "store-unreachable",
    `${describeTarget(target)}: ${why}`,
    reason,
  );
}

function connectionOptions(target: RedisTarget) {
  return {
    username: target.username,
    password: target.password,
    tls: target.tls,
    commandTimeout: COMMAND_MAX_MS,
    connectTimeout: CONNECT_MAX_MS,
    disconnectTimeout: DISCONNECT_MAX_MS,
    connectionName: "lamplighter",
    // Older servers refuse the command, and users of few rights too.
    disableClientInfo: true,
  } satisfies RedisOptions;
}

function serverOptions(target: RedisTarget, attempt: number) {
  if (target.mode !== "sentinel") return { ...(target.hosts[attempt % target.hosts.length] ?? target.hosts[0]), db: target.db };
  return {
    sentinels: [...target.hosts],
    name: target.masterName,
    sentinelPassword: target.sentinelPassword,
    sentinelTLS: target.tls,
    sentinelCommandTimeout: COMMAND_MAX_MS,
    sentinelReconnectStrategy: retryDelayMs,
    enableTLSForSentinelMode: target.tls !== undefined,
    failoverDetector: true,
    db: target.db,
  } satisfies RedisOptions;
}
