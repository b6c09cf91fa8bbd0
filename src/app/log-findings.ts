import type { Log } from "#base/log";
import { formatDiagnostic, severityOf, type Diagnostic } from "#domain/site/diagnostic";

/** Findings of one reading that are logged: each takes its time from whoever serves phones. */
export const LOGGED_FINDINGS_MAX = 1000;

/** Logs what a reading found, errors first; of too much, how much more there is. */
export function logFindings(diagnostics: readonly Diagnostic[], log: Log): void {
  const of = (letter: string): Diagnostic[] => diagnostics.filter((diagnostic) => severityOf(diagnostic) === letter);
  const inOrder = [...of("E"), ...of("W"), ...of("I")];
  for (const diagnostic of inOrder.slice(0, LOGGED_FINDINGS_MAX)) {
    const severity = severityOf(diagnostic);
    const line = formatDiagnostic(diagnostic);
    if (severity === "E") log.error(line);
    else if (severity === "W") log.warn(line);
    else log.debug(line);
  }
  const more = inOrder.length - LOGGED_FINDINGS_MAX;
  if (more > 0) log.warn(`${more} more findings of this reading are not logged: check the site to see them all`);
}
