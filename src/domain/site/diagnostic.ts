/** Where an object was written: "sla.conf:12", or "api". */
export type Origin = string;

/** E = object rejected, W = accepted with a correction, I = note (sla.md §2.10). */
export type Severity = "E" | "W" | "I";

/** Where something stands in a file of a site. */
export interface Position {
  /** Relative to the site's path, "/" as separator. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 1 when unknown. */
  readonly column: number;
}

/** One finding about a site's files; printed `file:line:column CODE message` (design §9.19). */
export interface Diagnostic extends Position {
  /** SLA-, CONF-, SIP-, EXT-, CC- or YAML- + severity letter + number: "SLA-E05". */
  readonly code: string;
  /** What is wrong and what to write instead; one line. */
  readonly message: string;
}

/** The severity letter of the code. */
export function severityOf(diagnostic: Pick<Diagnostic, "code">): Severity {
  return diagnostic.code.charAt(diagnostic.code.indexOf("-") + 1) as Severity;
}

/** `file:line:column CODE message` (design §9.19). */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  return `${diagnostic.file}:${diagnostic.line}:${diagnostic.column} ${diagnostic.code} ${diagnostic.message}`;
}

/** The place that an origin names: "sla.conf:12" is line 12 of sla.conf. */
export function positionOf(origin: Origin): Position {
  const colon = origin.lastIndexOf(":");
  return { file: origin.slice(0, colon), line: Number(origin.slice(colon + 1)), column: 1 };
}

/** By file, line and column; findings of one place stay in their order. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line === b.line ? a.column - b.column : a.line - b.line;
  });
}
