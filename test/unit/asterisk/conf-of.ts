import assert from "node:assert/strict";
import { parseConf, type ConfReading } from "#asterisk/conf/parse-conf";
import type { ConfFile } from "#asterisk/conf/conf-value";
import { formatDiagnostic, type Diagnostic } from "#domain/site/diagnostic";

/** A file that must be readable without a word. */
export function confOf(text: string, file = "x.conf"): ConfFile {
  const reading = parseConf(text, file);
  assert.deepEqual(linesOf(reading), []);
  return reading.conf;
}

/** Findings as they are printed. */
export function linesOf({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }): string[] {
  return diagnostics.map(formatDiagnostic);
}

/** Sections as text: `[name] key=value key=value`, templates with a `!`. */
export function sectionsOf({ conf }: Pick<ConfReading, "conf">): string[] {
  return conf.sections.map(
    ({ name, isTemplate, entries }) =>
      `[${name}]${isTemplate ? "!" : ""}${entries.map(({ writtenKey, value }) => ` ${writtenKey}=${value}`).join("")}`,
  );
}
