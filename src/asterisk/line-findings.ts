import type { Diagnostic, Position } from "#domain/site/diagnostic";
import { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Say } from "./read-values.ts";

/** Findings kept of one file: nobody mends more at once, and a file may hold any number of mistakes. */
const FINDINGS_MAX = 1000;

/** What is said of the lines of one file. A line that sections inherit from a template is spoken of once, where it stands. */
export class LineFindings {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #said = new Set<string>();
  #unsaid = 0;
  #firstUnsaid: Position | undefined;

  get diagnostics(): readonly Diagnostic[] {
    const at = this.#firstUnsaid;
    if (at === undefined) return this.#diagnostics;
    const message = `${this.#unsaid} more findings about this file are not listed: mend those above first`;
    return [...this.#diagnostics, { ...at, code: "CONF-I30", message }];
  }

  /** Errors are always kept: an object that is left out is named. */
  readonly say: Say = (code, { valueAt: at }, message) => {
    const key = `${code} ${at.file}:${at.line}:${at.column}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    if (this.#diagnostics.length < FINDINGS_MAX || code.includes("-E")) {
      this.#diagnostics.push({ ...at, code, message });
      return;
    }
    this.#unsaid += 1;
    this.#firstUnsaid ??= at;
  };

  /** Has this already been said of this place? */
  hasSaid(code: string, at: Position): boolean {
    return this.#said.has(`${code} ${at.file}:${at.line}:${at.column}`);
  }
}

/** Nearest match for words of a file that must be one of a fixed list. */
export class KnownWords {
  readonly #words: ReadonlySet<string>;
  readonly #suggestions: Suggestions;

  constructor(words: Iterable<string>) {
    this.#words = new Set(words);
    this.#suggestions = new Suggestions(this.#words);
  }

  has(word: string): boolean {
    return this.#words.has(word);
  }

  /** ` (did you mean "x"?)` or nothing. */
  near(word: string): string {
    return this.#suggestions.for(word);
  }

  /** "udp, tcp or tls". */
  toString(): string {
    const all = [...this.#words];
    const last = all.pop() ?? "";
    return show(all.length === 0 ? last : `${all.join(", ")} or ${last}`, 200);
  }
}
