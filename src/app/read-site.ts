import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { OTHER_FILES, readAsteriskSite, SITE_FILES } from "#asterisk/read-asterisk-site";
import type { ReadOptions } from "#asterisk/mend-types";
import { checkSite } from "#domain/site/check-site";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { inOrder, type Diagnostic } from "#domain/site/diagnostic";
import { mergeSites } from "#domain/site/merge-sites";
import { EMPTY_SITE, type SiteReading } from "#domain/site/site";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { readSiteFile } from "./site-file.ts";

const YAML_NAME = "site.yaml";

/**
 * Reads the site at `path`: a folder with Asterisk's files and/or site.yaml, or one YAML file. Never rejects; what is wrong is said, and
 * `unusable` when it must not be served (design §9.20).
 */
export async function readSite(path: string, options: ReadOptions = {}): Promise<SiteReading> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const reading = isFolder ? await readFolder(path, options) : await readOne(path);
    const ofWhole = reading.unusable === undefined ? checkSite(reading.site) : [];
    return { ...reading, diagnostics: inOrder([...reading.diagnostics, ...ofWhole]) };
  } catch (error) {
    return unusable(`${path} cannot be read: ${reasonOf(error)}`);
  }
}

async function readOne(path: string): Promise<SiteReading> {
  if (!/\.ya?ml$/i.test(path)) return unusable(`${path} is neither a folder nor a .yaml file`);
  const { texts, ...read } = await readTexts([path]);
  return withReadings(read, { site: EMPTY_SITE, diagnostics: [] }, readYamlOf(texts, basename(path)));
}

async function readFolder(folder: string, options: ReadOptions): Promise<SiteReading> {
  const present = new Set(await readdir(folder));
  const names = [...SITE_FILES, ...OTHER_FILES, YAML_NAME].filter((name) => present.has(name));
  if (names.length === 0) return unusable(`${folder} holds none of ${[...SITE_FILES, YAML_NAME].join(", ")}`);
  const { texts, ...read } = await readTexts(names.map((name) => join(folder, name)));
  const hasAsterisk = names.some((name) => name !== YAML_NAME);
  const asterisk = hasAsterisk ? readAsteriskSite(Object.fromEntries(texts), options) : { site: EMPTY_SITE, diagnostics: [] };
  return withReadings(read, asterisk, readYamlOf(texts, YAML_NAME));
}

interface ReadTexts {
  readonly texts: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  readonly unusable?: string;
}

/** Texts by name. A file that cannot be read is rejected as a whole; the others are read all the same, for what they have to say. */
async function readTexts(paths: readonly string[]): Promise<ReadTexts> {
  const texts = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const rejected: string[] = [];
  for (const path of paths) {
    const file = basename(path);
    try {
      const { text, oddLines } = await readSiteFile(path);
      texts.set(file, text);
      diagnostics.push(...notUtf8(file, oddLines));
    } catch (error) {
      const message = `cannot be read: ${reasonOf(error)} (the whole file is rejected)`;
      diagnostics.push({ file, line: 1, column: 1, code: `${familyOf(file)}-E01`, message });
      rejected.push(file);
    }
  }
  const [first] = rejected;
  return {
    texts,
    diagnostics,
    ...(first === undefined ? {} : { unusable: `${first} cannot be read: see its ${familyOf(first)}-E01` }),
  };
}

function notUtf8(file: string, [line, ...more]: readonly number[]): Diagnostic[] {
  if (line === undefined) return [];
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  const message = `this line${others} is not UTF-8 and read as Latin-1: save the file as UTF-8`;
  return [{ file, line, column: 1, code: `${familyOf(file)}-W11`, message }];
}

function familyOf(file: string): string {
  return file.endsWith(".conf") ? "CONF" : "YAML";
}

function readYamlOf(texts: ReadonlyMap<string, string>, name: string): SiteReading {
  const text = texts.get(name);
  return text === undefined ? { site: EMPTY_SITE, diagnostics: [] } : readYamlSite(text, name);
}

function withReadings(read: Omit<ReadTexts, "texts">, asterisk: SiteReading, yaml: SiteReading): SiteReading {
  const merged = mergeSites(asterisk, yaml);
  const reason = read.unusable ?? merged.unusable;
  return {
    site: withGeneratedEntries(merged.site),
    diagnostics: [...read.diagnostics, ...merged.diagnostics],
    ...(reason === undefined ? {} : { unusable: reason }),
  };
}

function unusable(reason: string): SiteReading {
  return { site: EMPTY_SITE, diagnostics: [], unusable: reason };
}

/** Why the system refused, in words. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reasons = new Map([
    ["ENOENT", "there is no such file or folder"],
    ["EACCES", "permission denied"],
    ["ELOOP", "its symbolic links go in a circle"],
    ["ENXIO", "it is no plain file"],
  ]);
  return reasons.get(code) ?? (error instanceof Error ? error.message : String(error));
}
