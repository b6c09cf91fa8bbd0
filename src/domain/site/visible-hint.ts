import { ContextSearch } from "../dialplan/context-search.ts";
import { expandGlobals } from "../dialplan/globals.ts";
import { isPattern, meaningOf, parsePattern, withoutDashes } from "../dialplan/pattern.ts";
import { PatternList, type PatternRow } from "../dialplan/pattern-list.ts";
import { hintOfPattern } from "./pattern-hint.ts";
import type { Hint, Site } from "./site.ts";

/** Hints of one context: exact ones by extension, patterns in the order in which they are tried (sla.md §5.4). */
interface ContextHints {
  readonly exact: ReadonlyMap<string, Hint>;
  readonly patterns: PatternList<Hint>;
}

/** Hints by context and extension, made once per reading of the site. */
export class HintIndex {
  readonly #byContext = new Map<string, ContextHints>();
  readonly #contexts: ContextSearch;
  readonly #globals: ReadonlyMap<string, string>;

  constructor(site: Pick<Site, "hints" | "dialplan">) {
    this.#contexts = new ContextSearch(site.dialplan);
    this.#globals = expandGlobals(site.dialplan);
    const byContext = new Map<string, Hint[]>();
    for (const hint of site.hints) {
      const known = byContext.get(hint.context);
      if (known === undefined) byContext.set(hint.context, [hint]);
      else known.push(hint);
    }
    for (const [context, hints] of byContext) this.#byContext.set(context, indexed(hints));
  }

  /** The hint of an extension as seen from a context. */
  find(context: string, extension: string): Hint | undefined {
    for (const name of this.#contexts.from(context)) {
      const hint = this.in(name, extension);
      if (hint !== undefined) return hint;
    }
    return undefined;
  }

  /** The hint of an extension in one context, a pattern's filled in for it. */
  in(context: string, extension: string): Hint | undefined {
    const hints = this.#byContext.get(context);
    if (hints === undefined) return undefined;
    const exact = hints.exact.get(extension);
    // Nobody dials a pattern: "_7XXX" as an extension is the name of the entry, not one of those that it stands for.
    if (exact !== undefined || isPattern(extension)) return exact;
    const [found] = hints.patterns.matching(withoutDashes(extension));
    return found === undefined ? undefined : hintOfPattern(found, extension, this.#globals);
  }

  /** The hints of that extension in every context, in the order of the site. */
  everywhere(extension: string): readonly Hint[] {
    return [...this.#byContext.keys()].flatMap((context) => this.in(context, extension) ?? []);
  }
}

/** The first one counts: a second definition of the same extension is dropped by the reader. */
function indexed(hints: readonly Hint[]): ContextHints {
  const exact = new Map<string, Hint>();
  const patterns = new Map<string, PatternRow<Hint>>();
  for (const hint of hints) {
    const { extension } = hint;
    if (!isPattern(extension)) {
      if (!exact.has(extension)) exact.set(extension, hint);
      continue;
    }
    const meaning = meaningOf(extension);
    if (!patterns.has(meaning)) patterns.set(meaning, { pattern: parsePattern(extension), value: hint });
  }
  return { exact, patterns: new PatternList([...patterns.values()]) };
}
