import type { BodyTemplate, EventPackage } from "./package.ts";

/** One move of a resource's state as one kind of watcher sees it. */
interface Rendered {
  readonly package: EventPackage<unknown>;
  readonly profile: string;
  readonly contentType: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly documents: readonly BodyTemplate[];
}

/** Moves kept per resource: packages × profiles × content types × (change, full); the oldest goes first. */
const RENDERED_MAX = 12;

/**
 * Documents of resources, rendered once per (resource, package, profile, content type) and move (C-6).
 * States are compared by identity: a state that did not change is the same object.
 */
export class BodyCache {
  readonly #byResource = new Map<string, Rendered[]>();

  documents(
    resource: string,
    kind: { readonly package: EventPackage<unknown>; readonly profile: string; readonly contentType: string },
    before: unknown,
    after: unknown,
  ): readonly BodyTemplate[] {
    const known = this.#byResource.get(resource);
    for (const entry of known ?? []) {
      if (
        entry.after === after &&
        entry.before === before &&
        entry.package === kind.package &&
        entry.profile === kind.profile &&
        entry.contentType === kind.contentType
      ) {
        return entry.documents;
      }
    }
    const documents = kind.package.documents(before, after, kind.profile, kind.contentType);
    const entry = { package: kind.package, profile: kind.profile, contentType: kind.contentType, before, after, documents };
    if (known === undefined) this.#byResource.set(resource, [entry]);
    else if (known.push(entry) > RENDERED_MAX) known.shift();
    return documents;
  }

  /** Nobody watches the resource any more. */
  forget(resource: string): void {
    this.#byResource.delete(resource);
  }
}
