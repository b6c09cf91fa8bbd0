import type { Dialplan } from "./dialplan.ts";

/** Contexts one search goes through, as in Asterisk (its stack of includes); without a bound every search of a long chain would walk all of it. */
export const CONTEXTS_MAX = 128;

/** Which contexts a search looks through; made once per reading of the site. */
export class ContextSearch {
  readonly #included: ReadonlyMap<string, readonly string[]>;

  constructor({ contexts }: Pick<Dialplan, "contexts">) {
    this.#included = new Map(contexts.map(({ name, includes }) => [name, includes.map(({ context }) => context)]));
  }

  /** Names in the order of the search: `context` itself, then its includes depth first, each once (sla.md §5.4); the first CONTEXTS_MAX. */
  from(context: string): readonly string[] {
    const seen = new Set<string>();
    const waiting = [[context].values()];
    for (let names = waiting.at(-1); names !== undefined && seen.size < CONTEXTS_MAX; names = waiting.at(-1)) {
      const next = names.next();
      if (next.done === true) waiting.pop();
      else if (!seen.has(next.value)) {
        seen.add(next.value);
        waiting.push((this.#included.get(next.value) ?? []).values());
      }
    }
    return [...seen];
  }
}
