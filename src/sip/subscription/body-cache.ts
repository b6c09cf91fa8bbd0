import type { EventPackage, Telling } from "./package.ts";

/** A kind of watcher: all of one kind are told the same. */
export interface WatcherKind {
  readonly package: EventPackage<unknown>;
  readonly profile: string;
  readonly contentType: string;
}

/** One move of a resource's state as one kind of watcher is told it. */
interface Rendered extends WatcherKind {
  readonly isFull: boolean;
  readonly shown: unknown;
  readonly now: unknown;
  readonly telling: Telling<unknown> | undefined;
}

/** Moves kept per resource: packages × profiles × content types × (change, full); the oldest goes first. */
const RENDERED_MAX = 12;

/**
 * What watchers of a resource are told, rendered once per (resource, package, profile, content type) and move (C-6).
 * States are compared by identity: a state that did not change is the same object.
 */
export class BodyCache {
  readonly #byResource = new Map<string, Rendered[]>();

  /** From `shown` to `now`; undefined when this kind of watcher would see no difference. */
  change(resource: string, kind: WatcherKind, shown: unknown, now: unknown): Telling<unknown> | undefined {
    return this.#find(resource, kind, false, shown, now).telling;
  }

  /** The whole of `now` for a watcher that shows `shown`, if anybody knows. */
  full(resource: string, kind: WatcherKind, shown: unknown, now: unknown): Telling<unknown> {
    return this.#find(resource, kind, true, shown, now).telling as Telling<unknown>;
  }

  /** Nobody watches the resource any more. */
  forget(resource: string): void {
    this.#byResource.delete(resource);
  }

  #find(resource: string, kind: WatcherKind, isFull: boolean, shown: unknown, now: unknown): Rendered {
    const known = this.#byResource.get(resource);
    for (const entry of known ?? []) {
      if (
        entry.now === now &&
        entry.shown === shown &&
        entry.isFull === isFull &&
        entry.package === kind.package &&
        entry.profile === kind.profile &&
        entry.contentType === kind.contentType
      ) {
        return entry;
      }
    }
    const { package: eventPackage, profile, contentType } = kind;
    const telling = isFull
      ? eventPackage.full(shown, now, profile, contentType)
      : eventPackage.change(shown, now, profile, contentType);
    const entry = { package: eventPackage, profile, contentType, isFull, shown, now, telling };
    if (known === undefined) this.#byResource.set(resource, [entry]);
    else if (known.push(entry) > RENDERED_MAX) known.shift();
    return entry;
  }
}
