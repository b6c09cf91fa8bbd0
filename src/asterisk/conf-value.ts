/** Where something stands in a file; line and column from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

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
