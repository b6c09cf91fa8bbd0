import type { Dialplan } from "./dialplan.ts";

/** Which contexts a search looks through; made once per reading of the site. */
export class ContextSearch {
  readonly #included: ReadonlyMap<string, readonly string[]>;

  constructor({ contexts }: Pick<Dialplan, "contexts">) {
    this.#included = new Map(contexts.map(({ name, includes }) => [name, includes.map(({ context }) => context)]));
  }

  /** Names in the order of the search: `context` itself, then its includes depth first, each once (sla.md §5.4). */
  from(context: string): readonly string[] {
    const seen = new Set<string>();
    const waiting = [context];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const next of (this.#included.get(name) ?? []).toReversed()) if (!seen.has(next)) waiting.push(next);
    }
    return [...seen];
  }
}
