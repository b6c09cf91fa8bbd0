import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { openStore } from "#store/open-store";
import type { Change, Commit, Store } from "#store/store";
import { startRedis } from "#test/support/redis";

/** Where the data of one suite are. */
export interface Medium {
  /** Opens a store on it; rejects when it takes one at a time and that one is open. */
  open(): Promise<Store>;
  /** May two stores be open on it at once? */
  readonly isShared: boolean;
  stop(): Promise<void>;
}

/** How to give each kind of store in the registry something to stand on. */
export const MEDIA: Readonly<Record<string, () => Promise<Medium>>> = {
  embedded: () => Promise.resolve(embeddedMedium()),
  redis: redisMedium,
};

export interface EmbeddedMedium extends Medium {
  readonly folder: string;
}

export function embeddedMedium(): EmbeddedMedium {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-store-"));
  return {
    folder,
    open: () => openAt("embedded", folder),
    isShared: false,
    stop: () => {
      rmSync(folder, { recursive: true, force: true });
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

async function redisMedium(): Promise<Medium> {
  const redis = await startRedis();
  return { open: () => openAt(redis.url), isShared: true, stop: () => redis.stop() };
}
