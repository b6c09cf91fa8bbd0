import type { Position } from "#domain/site/diagnostic";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import { COMPARED_MAX, ENTRIES_MAX, VALUE_MAX_CHARACTERS, type ReadingBudget } from "./conf-limits.ts";
import type { Entry, Section } from "./conf-value.ts";
import { continued, type Continuation } from "./continuation.ts";

/** Why the whole file must be rejected; undefined: go on. */
export type Refusal = string | undefined;

/** What stands in the parentheses of a header. */
export interface HeaderOptions {
  readonly isTemplate: boolean;
  readonly bases: readonly string[];
}

/** The sections of a file while it is read: which is open, and what is inherited from which (sla.md §5.2). */
export class SectionTable {
  readonly #budget: ReadingBudget;
  readonly #sections: OpenSection[] = [];
  /** In lower case; a base is the first of its name, template or not. */
  readonly #byName = new Map<string, OpenSection[]>();
  /** The section that lines belong to. An included file begins in the one begun last, and leaves its includer in the section where it was. */
  open: OpenSection | undefined;
  #latest: OpenSection | undefined;

  constructor(budget: ReadingBudget) {
    this.#budget = budget;
  }

  get sections(): readonly Section[] {
    return this.#sections;
  }

  /** The section begun last, wherever. */
  get latest(): OpenSection | undefined {
    return this.#latest;
  }

  /** Lines up to the next header belong to no section. */
  close(): void {
    this.open = undefined;
    this.#latest = undefined;
  }

  /** `[name](bases)`: a new section that begins with the entries of its bases, as they are now. */
  add(name: string, { isTemplate, bases }: HeaderOptions, at: Position): Refusal {
    const section = new OpenSection(name, isTemplate, at);
    const refusal = this.#inherit(section, bases);
    if (refusal !== undefined) return refusal;
    this.#sections.push(section);
    const key = name.toLowerCase();
    const same = this.#byName.get(key);
    if (same === undefined) this.#byName.set(key, [section]);
    else same.push(section);
    this.#begin(section);
    return undefined;
  }

  /** `[name](+)`: what follows belongs to the section of that name, which keeps its place and gets the entries of `bases` added. */
  continue(name: string, which: Continuation, { isTemplate, bases }: HeaderOptions): Refusal {
    const section = continued(this.#byName.get(name.toLowerCase()) ?? [], which, (count) => this.#mayCompare(count));
    if (this.#budget.compared > COMPARED_MAX) return `[${show(name)}](+…) compares too many sections: write [${show(name)}](+)`;
    if (section === undefined) return `[${show(name)}](+) continues a section that is not defined above${this.#suggest(name)}`;
    if (isTemplate) section.isTemplate = true;
    this.#begin(section);
    return this.#inherit(section, bases);
  }

  /** Adds a line to the open section. */
  addEntry(entry: Entry): Refusal {
    this.#budget.entries += 1;
    this.open?.add(entry);
    return this.#tooMany();
  }

  #begin(section: OpenSection): void {
    this.open = section;
    this.#latest = section;
  }

  #mayCompare(count: number): boolean {
    this.#budget.compared += count;
    return this.#budget.compared <= COMPARED_MAX;
  }

  #inherit(section: OpenSection, bases: readonly string[]): Refusal {
    for (const base of bases) {
      const [template] = this.#byName.get(base.toLowerCase()) ?? [];
      if (template === undefined) return `template "${show(base)}" is not defined above${this.#suggest(base)}`;
      const inherited = template.entries.length;
      this.#budget.entries += inherited;
      const refusal = this.#tooMany();
      if (refusal !== undefined) return refusal;
      // A section that continues itself as its own base grows while it is read.
      for (let place = 0; place < inherited; place += 1) section.add(template.entries[place] as Entry);
    }
    return undefined;
  }

  #tooMany(): Refusal {
    return this.#budget.entries > ENTRIES_MAX
      ? `more than ${ENTRIES_MAX} lines, those of templates counted: inherit from fewer templates`
      : undefined;
  }

  #suggest(name: string): string {
    return didYouMean(
      name,
      this.#sections.map((section) => section.name),
    );
  }
}

class OpenSection implements Section {
  readonly name: string;
  isTemplate: boolean;
  readonly at: Position;
  readonly entries: Entry[] = [];
  /** Place of the last entry of each key, made when `+=` first asks. */
  #last: Map<string, number> | undefined;

  constructor(name: string, isTemplate: boolean, at: Position) {
    this.name = name;
    this.isTemplate = isTemplate;
    this.at = at;
  }

  add(entry: Entry): void {
    this.#last?.set(entry.writtenKey, this.entries.length);
    this.entries.push(entry);
  }

  /**
   * `key += text`: adds to the last entry of that key, in its exact case, with the blanks that stand before the text (sla.md §5.1); false when
   * the value would get too long.
   */
  append(entry: Entry, text: string): boolean {
    this.#last ??= new Map(this.entries.map(({ writtenKey }, place) => [writtenKey, place]));
    const place = this.#last.get(entry.writtenKey);
    const known = place === undefined ? undefined : this.entries[place];
    if (place === undefined || known === undefined) {
      this.add(entry);
      return true;
    }
    if (known.value.length + text.length > VALUE_MAX_CHARACTERS) return false;
    this.entries[place] = { ...entry, value: (known.value + text).trimStart() };
    return true;
  }
}
