import { ContextSearch } from "../dialplan/context-search.ts";
import { expandGlobals } from "../dialplan/globals.ts";
import { compareParsed, isPattern, matchesPattern, parsePattern, type Pattern } from "../dialplan/pattern.ts";
import { hintOfPattern } from "./pattern-hint.ts";
import type { Hint, Site } from "./site.ts";

interface PatternEntry {
  readonly pattern: Pattern;
  readonly hint: Hint;
}

/** Hints of one context: exact ones by extension, patterns in the order in which they are tried (sla.md §5.4). */
interface ContextHints {
  readonly exact: Map<string, Hint>;
  readonly patterns: PatternEntry[];
}

/** Hints by context and extension, made once per reading of the site. */
export class HintIndex {
  readonly #byContext = new Map<string, ContextHints>();
  readonly #contexts: ContextSearch;
  readonly #globals: ReadonlyMap<string, string>;

  constructor(site: Pick<Site, "hints" | "dialplan">) {
    this.#contexts = new ContextSearch(site.dialplan);
    this.#globals = expandGlobals(site.dialplan);
    for (const hint of site.hints) this.#add(hint);
    for (const { patterns } of this.#byContext.values()) patterns.sort((a, b) => compareParsed(a.pattern, b.pattern));
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
    const found = hints.patterns.find(({ pattern }) => matchesPattern(pattern, extension));
    return found === undefined ? undefined : hintOfPattern(found.hint, extension, this.#globals);
  }

  /** The hints of that extension in every context, in the order of the site. */
  everywhere(extension: string): readonly Hint[] {
    return [...this.#byContext.keys()].flatMap((context) => this.in(context, extension) ?? []);
  }

  #add(hint: Hint): void {
    const hints: ContextHints = this.#byContext.get(hint.context) ?? { exact: new Map(), patterns: [] };
    this.#byContext.set(hint.context, hints);
    if (isPattern(hint.extension)) hints.patterns.push({ pattern: parsePattern(hint.extension), hint });
    // The first one counts: a second definition of the same extension is dropped by the reader.
    else if (!hints.exact.has(hint.extension)) hints.exact.set(hint.extension, hint);
  }
}
