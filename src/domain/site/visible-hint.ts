import type { Hint, Site } from "./site.ts";

/** Contexts that a search starting in `context` looks through, in order: itself, then its includes depth first (sla.md §5.4). */
export function searchedContexts(site: Pick<Site, "includes">, context: string): readonly string[] {
  const seen = new Set<string>();
  const waiting = [context];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const included = Object.hasOwn(site.includes, name) ? (site.includes[name] ?? []) : [];
    for (const next of included.toReversed()) if (!seen.has(next)) waiting.push(next);
  }
  return [...seen];
}

/** Hints by context and extension, made once per reading of the site. */
export class HintIndex {
  readonly #byContext = new Map<string, Map<string, Hint>>();
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
    for (const hint of site.hints) {
      const hints = this.#byContext.get(hint.context) ?? new Map<string, Hint>();
      // The first one counts: a second definition of the same extension is dropped by the reader.
      if (!hints.has(hint.extension)) hints.set(hint.extension, hint);
      this.#byContext.set(hint.context, hints);
    }
  }

  /** The hint of an extension as seen from a context. */
  find(context: string, extension: string): Hint | undefined {
    for (const name of searchedContexts(this.#site, context)) {
      const hint = this.#byContext.get(name)?.get(extension);
      if (hint !== undefined) return hint;
    }
    return undefined;
  }

  /** The hints of that extension in every context, in the order of the site. */
  everywhere(extension: string): readonly Hint[] {
    return [...this.#byContext.values()].flatMap((hints) => hints.get(extension) ?? []);
  }
}
