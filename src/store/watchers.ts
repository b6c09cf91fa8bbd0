import type { Log } from "#base/log";
import type { Change, ChangeListener } from "./store.ts";

/** Whoever watches a collection, as it was at one moment: a later join or leave makes a new list. */
export type Audience = readonly Watcher[];

interface Watcher {
  readonly listener: ChangeListener;
  left: boolean;
}

/** The listeners of one store, by collection. */
export class Watchers {
  readonly #log: Log;
  readonly #audiences = new Map<string, Audience>();

  constructor(log: Log) {
    this.#log = log;
  }

  of(collection: string): Audience {
    return this.#audiences.get(collection) ?? [];
  }

  /** The collections that somebody watches. */
  collections(): string[] {
    return [...this.#audiences.keys()];
  }

  join(collection: string, listener: ChangeListener): Watcher {
    const watcher = { listener, left: false };
    this.#audiences.set(collection, [...this.of(collection), watcher]);
    return watcher;
  }

  leave(collection: string, watcher: Watcher): void {
    watcher.left = true;
    const rest = this.of(collection).filter((other) => other !== watcher);
    if (rest.length === 0) this.#audiences.delete(collection);
    else this.#audiences.set(collection, rest);
  }

  /** A listener that throws is at fault itself: the others and the store go on. */
  tell(collection: string, audience: Audience, change: Change): void {
    for (const watcher of audience) {
      if (watcher.left) continue;
      try {
        watcher.listener(change);
      } catch (error) {
        this.#log.error("a listener of the store failed", {
          collection,
          id: change.id,
          version: change.version,
          error: String(error),
        });
      }
    }
  }
}
