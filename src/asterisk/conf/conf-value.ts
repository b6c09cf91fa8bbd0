import type { Position } from "#domain/site/diagnostic";

/** A `key = value` line. */
export interface Entry {
  /** Lower case; consumers compare without regard to case. */
  readonly key: string;
  readonly writtenKey: string;
  readonly value: string;
  readonly at: Position;
  readonly valueAt: Position;
}

/** A section with its own and its inherited entries, inherited ones first (sla.md §5.2). */
export interface Section {
  readonly name: string;
  readonly isTemplate: boolean;
  readonly at: Position;
  readonly entries: readonly Entry[];
}

/** A whole file. */
export interface ConfFile {
  readonly sections: readonly Section[];
}

/** The last value of a scalar key (R2), templates included. */
export function lastEntry(section: Section, key: string): Entry | undefined {
  return section.entries.findLast((entry) => entry.key === key);
}

/** Sections without templates; those that `nameOf` calls the same are one, later lines last (sla.md §2.1). */
export function mergedSections(conf: ConfFile, nameOf: (section: Section) => string): Section[] {
  const byName = new Map<string, Section[]>();
  for (const section of conf.sections) {
    if (section.isTemplate) continue;
    const same = byName.get(nameOf(section));
    if (same === undefined) byName.set(nameOf(section), [section]);
    else same.push(section);
  }
  return [...byName.values()].flatMap(([first, ...more]) => {
    if (first === undefined || more.length === 0) return first ?? [];
    return [{ ...first, entries: [first, ...more].flatMap(({ entries }) => entries) }];
  });
}

/** "sla.conf:12": where a section of the site's files begins. */
export function originOf({ at }: { readonly at: Position }): string {
  return `${at.file}:${at.line}`;
}
