import { inOrder, type Diagnostic, type Position } from "#domain/site/diagnostic";
import { didYouMean, Suggestions } from "#domain/site/nearest";
import { RepeatedFindings } from "#domain/site/repeated-findings";
import { show } from "#domain/site/shown";
import { IdleOptions } from "./idle-options.ts";
import type { Say } from "./read-values.ts";

/** Findings kept of one file: nobody mends more at once, and a file may hold any number of mistakes. */
const FINDINGS_MAX = 1000;

/** What is said of the lines of one file. A line that sections inherit from a template is spoken of once, where it stands. */
export class LineFindings {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #repeated = new RepeatedFindings();
  readonly #idle = new IdleOptions();
  readonly #said = new Set<string>();
  #unsaid = 0;
  #firstUnsaid: Position | undefined;

  get diagnostics(): readonly Diagnostic[] {
    const all = inOrder([...this.#diagnostics, ...this.#repeated.diagnostics, ...this.#idle.diagnostics]);
    const at = this.#firstUnsaid;
    if (at === undefined) return all;
    const message = `${this.#unsaid} more findings about this file are not listed: mend those above first`;
    return [...all, { ...at, code: "CONF-I30", message }];
  }

  /** Errors are always kept: an object that is left out is named. */
  readonly say: Say = (code, { valueAt: at }, message) => {
    if (!this.#isNew(code, at)) return;
    if (this.#hasRoom || code.includes("-E")) this.#diagnostics.push({ ...at, code, message });
    else this.#leaveOut(at);
  };

  /** What one mistake may bring about on any number of lines; the message is made up for the first of them. */
  sayRepeated(cause: string, code: string, at: Position, message: () => string): void {
    if (!this.#isNew(code, at)) return;
    const known = this.#repeated.messageOf(cause, { code, file: at.file });
    if (known === undefined && !this.#hasRoom) this.#leaveOut(at);
    else this.#repeated.add(cause, { ...at, code, message: known ?? message() });
  }

  /** An option that Asterisk knows and that has no effect here (SIP-I02). */
  noteIdle(name: string, why: string, at: Position): void {
    if (this.#isNew("SIP-I02", at)) this.#idle.add(name, why, at);
  }

  get #hasRoom(): boolean {
    return this.#diagnostics.length + this.#repeated.size < FINDINGS_MAX;
  }

  #isNew(code: string, at: Position): boolean {
    const key = keyOf(code, at);
    if (this.#said.has(key)) return false;
    this.#said.add(key);
    return true;
  }

  #leaveOut(at: Position): void {
    this.#unsaid += 1;
    this.#firstUnsaid ??= at;
  }
}

function keyOf(code: string, { file, line, column }: Position): string {
  return `${code} ${file}:${line}:${column}`;
}

/** Words that something of a file must be one of, and the nearest match of a wrong one. */
export class KnownWords {
  readonly #words: ReadonlySet<string>;
  readonly #suggestions: Suggestions | undefined;

  /** `suggestions`: of words that a file itself gives, of which there may be any number. */
  constructor(words: Iterable<string>, suggestions?: Suggestions) {
    this.#words = new Set(words);
    this.#suggestions = suggestions;
  }

  /** Names that a file defines. */
  static ofFile(names: Iterable<string>): KnownWords {
    const list = [...names];
    return new KnownWords(list, new Suggestions(list));
  }

  has(word: string): boolean {
    return this.#words.has(word);
  }

  /** ` (did you mean "x"?)` or nothing. */
  near(word: string): string {
    return this.#suggestions?.for(word) ?? didYouMean(word, this.#words);
  }

  /** "udp, tcp or tls". */
  toString(): string {
    const all = [...this.#words];
    const last = all.pop() ?? "";
    return show(all.length === 0 ? last : `${all.join(", ")} or ${last}`, 200);
  }
}
