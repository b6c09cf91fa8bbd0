import { formatDiagnostic, positionOf, type Diagnostic, type Origin } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import { siteDifferences, type SiteDifference } from "#domain/site/site-differences";
import type { Site, SiteReading } from "#domain/site/site";
import { writtenSite } from "#domain/site/written-site";
import type { CommentsOf } from "./commented-map.ts";
import { readYamlSite } from "./read-yaml-site.ts";
import { writeYamlSite } from "./write-yaml-site.ts";

/** A site.yaml that says what was read, and what it could not say. */
export interface ImportedSite {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Findings that are written at the top. */
const FINDINGS_MAX = 500;

/**
 * Turns a reading into a site.yaml: each object with the line that it was taken from and what was found there, everything that was found at
 * the top. It is read again: what is not the same then is named (YAML-E20, YAML-W20).
 */
export function importSite({ site, diagnostics }: SiteReading): ImportedSite {
  const first = writeYamlSite(site, { header: [], commentsOf: () => [] });
  const read = readYamlSite(first, "site.yaml");
  const lost = siteDifferences(writtenSite(site), writtenSite(read.site)).map(sayDifference);
  const all = [...diagnostics, ...lost];
  const text = writeYamlSite(site, { header: headerOf(all), commentsOf: commentsOf(site, all) });
  return { text, diagnostics: all };
}

function sayDifference({ object, origin, field, kind }: SiteDifference): Diagnostic {
  const at = origin === undefined ? { file: "site.yaml", line: 1, column: 1 } : positionOf(origin);
  if (field === undefined) {
    const message = `${show(object)} is left out: site.yaml does not take its name or a value of it, rename it and import again`;
    return { ...at, code: "YAML-E20", message };
  }
  const what = kind === "lost" ? "is not in site.yaml" : "is another in site.yaml";
  return { ...at, code: "YAML-W20", message: `${show(field)} of ${show(object)} ${what}: look at it` };
}

function headerOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  const found = diagnostics.slice(0, FINDINGS_MAX).map(formatDiagnostic);
  const more = diagnostics.length - found.length;
  return [
    "Written by lamplighter import. A comment above an object tells which line of which file it was taken from.",
    ...(found.length === 0 ? [] : ["What was found there:", ...found.map((line) => `  ${line}`)]),
    ...(more > 0 ? [`  and ${more} more, which lamplighter check prints`] : []),
  ];
}

/** What was found from the line of an object on, up to the next object of its file. */
function commentsOf(site: Site, diagnostics: readonly Diagnostic[]): CommentsOf {
  const lines = new Map<string, number[]>();
  for (const origin of originsOf(site)) {
    const { file, line } = positionOf(origin);
    const ofFile = lines.get(file);
    if (ofFile === undefined) lines.set(file, [line]);
    else ofFile.push(line);
  }
  for (const ofFile of lines.values()) ofFile.sort((a, b) => a - b);
  const comments = new Map<Origin, string[]>();
  for (const diagnostic of diagnostics) {
    const line = lastUpTo(lines.get(diagnostic.file) ?? [], diagnostic.line);
    if (line === undefined) continue;
    const origin = `${diagnostic.file}:${line}`;
    const ofOrigin = comments.get(origin);
    const text = formatDiagnostic(diagnostic);
    if (ofOrigin === undefined) comments.set(origin, [text]);
    else ofOrigin.push(text);
  }
  return (origin) => comments.get(origin) ?? [];
}

function originsOf(site: Site): readonly Origin[] {
  const { trunks, stations, accounts, phones, extensions, hints, dialplan } = site;
  const objects = [trunks, stations, accounts, phones, extensions, hints, dialplan.globals].flat();
  const steps = dialplan.contexts.flatMap(({ extensions: written }) => written.flatMap((extension) => extension.steps));
  return [...objects, ...steps].map(({ origin }) => origin);
}

/** The greatest of the ascending lines that is not above `line`. */
function lastUpTo(lines: readonly number[], line: number): number | undefined {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle] ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1];
}
