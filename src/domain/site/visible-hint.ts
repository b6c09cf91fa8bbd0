import { ContextSearch } from "../dialplan/context-search.ts";
import type { Hint, Site } from "./site.ts";

/** Hints by context and extension, made once per reading of the site. */
export class HintIndex {
  readonly #byContext = new Map<string, Map<string, Hint>>();
  readonly #contexts: ContextSearch;

  constructor(site: Pick<Site, "hints" | "dialplan">) {
    this.#contexts = new ContextSearch(site.dialplan);
    for (const hint of site.hints) {
      const hints = this.#byContext.get(hint.context) ?? new Map<string, Hint>();
      // The first one counts: a second definition of the same extension is dropped by the reader.
      if (!hints.has(hint.extension)) hints.set(hint.extension, hint);
      this.#byContext.set(hint.context, hints);
    }
  }

  /** The hint of an extension as seen from a context. */
  find(context: string, extension: string): Hint | undefined {
    for (const name of this.#contexts.from(context)) {
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
