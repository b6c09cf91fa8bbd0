import { explain, type ExplainedDiagnostic } from "./codes/explain.ts";
import { inOrder, severityOf, type Diagnostic } from "./diagnostic.ts";
import type { SiteReading } from "./site.ts";

/** What is right and wrong with a site: what `check` tells, and the API. */
export interface SiteReport extends FindingsReport {
  readonly counts: Readonly<Record<"trunks" | "stations" | "phones" | "accounts" | "hints", number>>;
  /** Why the site cannot be served. */
  readonly unusable?: string;
}

export interface FindingsReport {
  readonly diagnostics: readonly ExplainedDiagnostic[];
  /** Findings that are not listed; absent when there are none. */
  readonly omitted?: number;
}

/** The report of a reading; `max` findings at most are listed, errors before others. */
export function siteReport({ site, diagnostics, unusable }: SiteReading, max = Infinity): SiteReport {
  return {
    ...findingsReport(diagnostics, max),
    counts: {
      trunks: site.trunks.length,
      stations: site.stations.length,
      phones: site.phones.length,
      accounts: site.accounts.length,
      hints: site.hints.length,
    },
    ...(unusable === undefined ? {} : { unusable }),
  };
}

/** Findings with what their codes mean. */
export function findingsReport(diagnostics: readonly Diagnostic[], max = Infinity): FindingsReport {
  if (diagnostics.length <= max) return { diagnostics: diagnostics.map(explain) };
  const isError = (diagnostic: Diagnostic): boolean => severityOf(diagnostic) === "E";
  const errors = diagnostics.filter(isError);
  const others = diagnostics.filter((diagnostic) => !isError(diagnostic));
  const kept = inOrder([...errors, ...others].slice(0, max));
  return { diagnostics: kept.map(explain), omitted: diagnostics.length - kept.length };
}
