import type { Origin } from "../site/diagnostic.ts";

/**
 * What a call runs through: contexts with extensions and their steps (sla.md §5.3 to §5.5). Plain data, made by the readers (asterisk/,
 * site-yaml/) and by generated-entries.ts for what an admin adds; hints are kept apart, in `Site.hints`.
 */
export interface Dialplan {
  /** In the order of the files; one entry a name. Names are told apart by case. */
  readonly contexts: readonly DialplanContext[];
  /** `[globals]`: name → value as written, in order; names are told apart by case. */
  readonly globals: readonly GlobalVariable[];
}

export interface GlobalVariable {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
}

export interface DialplanContext {
  readonly name: string;
  /** In the order of the file; one entry for each pair of name and callerId. */
  readonly extensions: readonly Extension[];
  /** Searched after this context, in order, depth first. */
  readonly includes: readonly ContextInclude[];
  readonly ignorePatterns: readonly string[];
}

export interface Extension {
  /** As written, blanks taken off: "5001-phone1", "s", or a pattern: "_1NXXNXXXXXX". */
  readonly name: string;
  /** `exten => E/callerId`: only for callers of this number (or pattern); "" = only for callers without a number. */
  readonly callerId?: string;
  /** By ascending priority, each priority once. */
  readonly steps: readonly Step[];
}

/** One priority of an extension. */
export interface Step {
  /** From 1. */
  readonly priority: number;
  readonly label?: string;
  /** As written: "SLAStation"; looked up without regard to case. */
  readonly application: string;
  /** Between the parentheses, not yet expanded; "" when there are none. */
  readonly args: string;
  readonly origin: Origin;
  /** Where the application stands in its line, from 1; absent = unknown. For findings only. */
  readonly column?: number;
  /** "station L1-0000FFFF0005": the object this step was made for; absent when somebody wrote it. */
  readonly generatedFor?: string;
}

export interface ContextInclude {
  readonly context: string;
  /** What follows the comma: times, which are not kept to. */
  readonly times?: string;
  readonly origin: Origin;
  /** As that of a step. */
  readonly column?: number;
}

/** A dialplan without anything in it. */
export const EMPTY_DIALPLAN: Dialplan = { contexts: [], globals: [] };
