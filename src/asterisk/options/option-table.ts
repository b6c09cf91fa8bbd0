import { show } from "#domain/site/shown";
import type { Entry } from "../conf/conf-value.ts";
import { KnownWords, type LineFindings } from "./line-findings.ts";

/** What becomes of the options of one kind of section, by name. */
export interface OptionNames {
  /** Read, or nothing to read since it is always so here. */
  readonly taken: string;
  /** Known to Asterisk and without effect here, by the word that says why. */
  readonly ignored: Readonly<Record<string, string>>;
}

/** Options of one kind of section: which are read, which Asterisk knows and we do not, and which nobody knows. */
export class OptionTable {
  readonly #taken: ReadonlySet<string>;
  readonly #why: ReadonlyMap<string, string>;
  readonly #known: KnownWords;
  readonly #place: string;

  /** `place` is where the options stand, for messages: "an account". Names are parted by blanks. */
  constructor(place: string, { taken, ignored }: OptionNames) {
    this.#place = place;
    this.#taken = new Set(wordsOf(taken));
    this.#why = new Map(Object.entries(ignored).flatMap(([why, names]) => wordsOf(names).map((name) => [name, why] as const)));
    this.#known = new KnownWords([...this.#taken, ...this.#why.keys()]);
  }

  /** Is it read, or known and left? */
  has(key: string): boolean {
    return this.#known.has(key);
  }

  /** Names every option that has no effect (SIP-I02) and every one that is not known (SIP-W03). */
  nameStrangers(entries: readonly Entry[], findings: LineFindings): void {
    for (const entry of entries) if (!this.#taken.has(entry.key)) this.#nameOne(entry, findings);
  }

  #nameOne({ key, writtenKey, at }: Entry, findings: LineFindings): void {
    const why = this.#why.get(key);
    const name = show(writtenKey);
    if (why !== undefined) findings.noteIdle(writtenKey, why, at);
    else
      findings.sayRepeated(
        `${this.#place} ${key}`,
        "SIP-W03",
        at,
        () => `${name} is not known for ${this.#place}${this.#known.near(key)}: it is ignored, remove it`,
      );
  }
}

function wordsOf(names: string): readonly string[] {
  return names.split(/\s+/).filter((name) => name !== "");
}
