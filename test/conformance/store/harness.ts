import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { openStore } from "#store/open-store";
import type { Change, Commit, Store } from "#store/store";
import { MASTER_NAME, startRedis, startSentinel } from "#test/support/redis";
import { ClusterUnderTest } from "#test/support/redis-cluster";

/** The line that an administrator copies. */
export const ACL_LINE =
  /^ACL SETUSER lamplighter .*$/m.exec(readFileSync("src/store/README.md", "utf8"))?.[0] ?? assert.fail("no user in the README");

/** Where the data of one suite are. */
export interface Medium {
  /** Opens a store on it; rejects when it takes one at a time and that one is open. */
  open(): Promise<Store>;
  /** As an administrator would name it. */
  readonly url: string;
  readonly dataFolder: string;
  /** May two stores be open on it at once? */
  readonly isShared: boolean;
  stop(): Promise<void>;
}

/** What the suites run on: each kind of store in the registry on something to stand on, by the kind's name, then what else it may stand on. */
export const MEDIA: Readonly<Record<string, () => Promise<Medium>>> = {
  embedded: () => Promise.resolve(embeddedMedium()),
  redis: async () => {
    const redis = await startRedis();
    return redisMedium(redis.url, [redis]);
  },
  "redis, Cluster": async () => {
    const cluster = await ClusterUnderTest.start(0);
    return redisMedium(cluster.url, [cluster]);
  },
  "redis, Sentinel": async () => {
    const master = await startRedis();
    const sentinel = await startSentinel(master);
    return redisMedium(`redis+sentinel://127.0.0.1:${sentinel.port}/${MASTER_NAME}`, [sentinel, master]);
  },
};

export function embeddedMedium(): Medium {
  const dataFolder = mkdtempSync(join(tmpdir(), "lamplighter-store-"));
  return {
    url: "embedded",
    dataFolder,
    open: () => openAt("embedded", dataFolder),
    isShared: false,
    stop: () => {
      rmSync(dataFolder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** Opens a store by its URL as the product does. */
export function openAt(url: string, dataFolder = "nowhere"): Promise<Store> {
  return openStore({ url, dataFolder, clock: systemClock, log: quietLog });
}

let collections = 0;

/** A collection that no other test uses. */
export function freshCollection(): string {
  collections += 1;
  return `c${collections}`;
}

/** A commit with the defaults of most tests: whatever is there, value "v". */
export function commitOf(collection: string, id: string, rest: Partial<Commit> = {}): Commit {
  return { collection, id, expect: "any", value: "v", durability: "written", ...rest };
}

/** Commits and gives the version; fails when it was refused. */
export async function put(store: Store, collection: string, id: string, value: string | null): Promise<number> {
  const outcome = await store.commit(commitOf(collection, id, { value }));
  if (outcome.type !== "committed") throw new Error(`the commit ended as ${outcome.type}`);
  return outcome.version;
}

/** Versions as one watcher was told them: each once, none after a newer one. */
export function assertRising(versions: readonly number[], what: string): void {
  const rising = [...new Set(versions)].sort((one, other) => one - other);
  assert.deepEqual(versions, rising, what);
}

/** Remembers what a watcher was told, and lets a test wait for it. */
export class Recorder {
  readonly changes: Change[] = [];
  readonly #waiting: { isMet: () => boolean; resolve: () => void }[] = [];

  readonly listener = (change: Change): void => {
    this.changes.push(change);
    for (const waiter of this.#waiting) if (waiter.isMet()) waiter.resolve();
  };

  /** What a watcher knows now. */
  get picture(): Record<string, string> {
    const known = new Map<string, string>();
    for (const { id, value } of this.changes) {
      if (value === undefined) known.delete(id);
      else known.set(id, value);
    }
    return Object.fromEntries(known);
  }

  versionsOf(id: string): number[] {
    return this.changes.filter((change) => change.id === id).map(({ version }) => version);
  }

  /** Resolves once the newest news about the record is this value. */
  until(id: string, value: string | undefined): Promise<void> {
    const isMet = (): boolean => {
      const last = this.changes.findLast((change) => change.id === id);
      return last !== undefined && last.value === value;
    };
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isMet, resolve }));
  }
}

function redisMedium(url: string, servers: readonly { stop(): Promise<void> }[]): Medium {
  return {
    url,
    dataFolder: "nowhere",
    open: () => openAt(url),
    isShared: true,
    stop: async () => {
      for (const server of servers) await server.stop();
    },
  };
}
