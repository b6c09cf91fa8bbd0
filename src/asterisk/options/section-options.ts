import type { Position } from "#domain/site/diagnostic";
import { originOf, type Entry } from "../conf/conf-value.ts";

/** What a section must have to be read for its options. */
export interface OptionSource {
  readonly name: string;
  readonly at: Position;
  readonly entries: readonly Entry[];
}

/** The options of a section, the last line of each (R2); an empty one counts as absent. What it lacks comes from `defaults`. */
export class SectionOptions {
  readonly name: string;
  readonly at: Position;
  readonly #entries: readonly Entry[];
  readonly #last = new Map<string, Entry>();
  readonly #defaults: SectionOptions | undefined;

  constructor({ name, at, entries }: OptionSource, defaults?: SectionOptions) {
    this.name = name;
    this.at = at;
    this.#entries = entries;
    this.#defaults = defaults;
    for (const entry of entries) this.#last.set(entry.key, entry);
  }

  /** "sip.conf:12". */
  get origin(): string {
    return originOf(this);
  }

  /** The own line of the first of these names that has one, else that of the defaults. */
  entry(...keys: readonly string[]): Entry | undefined {
    return this.own(...keys) ?? this.#defaults?.entry(...keys);
  }

  /** Without the defaults. */
  own(...keys: readonly string[]): Entry | undefined {
    for (const key of keys) {
      const entry = this.#last.get(key);
      if (entry !== undefined && entry.value !== "") return entry;
    }
    return undefined;
  }

  value(...keys: readonly string[]): string | undefined {
    return this.entry(...keys)?.value;
  }

  /** All own lines of these names, in the order of the file. */
  all(...keys: readonly string[]): readonly Entry[] {
    return this.#entries.filter(({ key, value }) => keys.includes(key) && value !== "");
  }
}

/** The properties that are not undefined: what is not written is not there. */
export function written<T extends object>(properties: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
