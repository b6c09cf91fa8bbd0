/** E = object rejected, W = accepted with a correction, I = note (sla.md §2.10). */
export type Severity = "E" | "W" | "I";

/** One finding about a site's files; printed `file:line:column CODE message` (design §9.19). */
export interface Diagnostic {
  /** Relative to the site's path, "/" as separator. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 1 when unknown. */
  readonly column: number;
  /** SLA-, CONF-, SIP-, EXT-, CC- or YAML- + severity letter + number: "SLA-E05". */
  readonly code: string;
  /** What is wrong and what to write instead; one line. */
  readonly message: string;
}

export function severityOf(diagnostic: Diagnostic): Severity {
  return diagnostic.code.charAt(diagnostic.code.indexOf("-") + 1) as Severity;
}

export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${diagnostic.file}:${diagnostic.line}:${diagnostic.column} ${diagnostic.code} ${diagnostic.message}`;
}
