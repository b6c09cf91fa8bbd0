import type { Position } from "#domain/site/diagnostic";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Entry, Section } from "./conf-value.ts";

/** Entries of a file, inherited ones counted every time: templates of templates multiply. */
const ENTRIES_MAX = 1_000_000;
/** Characters that `+=` may gather in one value; the longest line that one could write. */
const VALUE_MAX_CHARACTERS = 8190;

/** Why the whole file must be rejected; undefined: go on. */
export type Refusal = string | undefined;

/** The sections of a file while it is read: which is open, and what is inherited from which (sla.md §5.2). */
export class SectionTable {
  readonly #sections: OpenSection[] = [];
  /** The first of each name, in lower case; a template only where no ordinary section has the name. */
  readonly #ordinary = new Map<string, OpenSection>();
  readonly #first = new Map<string, OpenSection>();
  #open: OpenSection | undefined;
  #entries = 0;

  get sections(): readonly Section[] {
    return this.#sections;
  }

  get open(): OpenSection | undefined {
    return this.#open;
  }

  /** Lines up to the next header belong to no section. */
  close(): void {
    this.#open = undefined;
  }

  /** `[name](bases)`: a new section that begins with the entries of its bases, as they are now. */
  add(name: string, options: { readonly isTemplate: boolean; readonly bases: readonly string[] }, at: Position): Refusal {
    const section = new OpenSection(name, options.isTemplate, at);
    for (const base of options.bases) {
      const refusal = this.#inherit(section, base);
      if (refusal !== undefined) return refusal;
    }
    this.#sections.push(section);
    const key = name.toLowerCase();
    if (!this.#first.has(key)) this.#first.set(key, section);
    if (!section.isTemplate && !this.#ordinary.has(key)) this.#ordinary.set(key, section);
    this.#open = section;
    return undefined;
  }

  /** `[name](+)`: what follows belongs to the section of that name, which keeps its place. */
  continue(name: string): Refusal {
    const section = this.#ordinary.get(name.toLowerCase()) ?? this.#first.get(name.toLowerCase());
    if (section === undefined) return `[${show(name)}](+) continues a section that is not defined above${this.#suggest(name)}`;
    this.#open = section;
    return undefined;
  }

  /** Adds a line to the open section. */
  addEntry(entry: Entry): Refusal {
    this.#entries += 1;
    this.#open?.add(entry);
    return this.#tooMany();
  }

  #inherit(section: OpenSection, base: string): Refusal {
    const template = this.#first.get(base.toLowerCase());
    if (template === undefined) return `template "${show(base)}" is not defined above${this.#suggest(base)}`;
    this.#entries += template.entries.length;
    const refusal = this.#tooMany();
    if (refusal === undefined) for (const entry of template.entries) section.add(entry);
    return refusal;
  }

  #tooMany(): Refusal {
    return this.#entries > ENTRIES_MAX
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
  readonly isTemplate: boolean;
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

  /** `key += text`: adds to the last entry of that key, in its exact case; false when the value would get too long (sla.md §5.1). */
  append(entry: Entry): boolean {
    this.#last ??= new Map(this.entries.map(({ writtenKey }, place) => [writtenKey, place]));
    const place = this.#last.get(entry.writtenKey);
    const known = place === undefined ? undefined : this.entries[place];
    if (place === undefined || known === undefined) {
      this.add(entry);
      return true;
    }
    if (known.value.length + entry.value.length > VALUE_MAX_CHARACTERS) return false;
    this.entries[place] = { ...entry, value: known.value + entry.value };
    return true;
  }
}
