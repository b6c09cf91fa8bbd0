import { realpath, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { isAsteriskFile, isSiteFile, SITE_FILES } from "#asterisk/site-files";
import { checkSite } from "#domain/site/check-site";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { inOrder, type Diagnostic } from "#domain/site/diagnostic";
import { mergeSites } from "#domain/site/merge-sites";
import { show } from "#domain/site/shown";
import { EMPTY_SITE, type SiteReading } from "#domain/site/site";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { DiskFolder } from "./disk-folder.ts";
import { loadIncludes } from "./load-includes.ts";
import { checkPhoneFiles, describedPhones } from "./phone-files.ts";
import { reasonOf } from "../reason-of.ts";
import { readSiteFile, type SiteFile } from "./site-file.ts";
import type { SiteFolder } from "./site-folder.ts";
import { takePhoneFiles } from "./take-phone-files.ts";
import { UploadedFolder } from "./uploaded-folder.ts";

const YAML_NAME = "site.yaml";
/** Names told of files that nobody reads. */
const NAMED_MAX = 12;

/** What a long reading is at. */
export type ReadingStage = "reading" | "parsing" | "checking";

export interface ReadOptions {
  /** Folders besides the site's own that its files may include from. */
  readonly allowInclude?: readonly string[];
  /** Objects that would be rejected are mended as their finding says (design §9.19). */
  readonly repair?: boolean;
  /** What phones' files beside the site say is taken where the site leaves it open. */
  readonly takePhoneFiles?: boolean;
  readonly onStage?: (stage: ReadingStage) => void;
}

/** A reading of a site that lies on disk. */
export interface SiteOnDisk extends SiteReading {
  /** Folders where a change may change the site. */
  readonly folders: readonly string[];
}

/**
 * Reads the site at `path`: a folder with Asterisk's files and/or site.yaml, or one YAML file. Never rejects; what is wrong is said, and
 * `unusable` when it must not be served (design §9.20).
 */
export async function readSite(path: string, options: ReadOptions = {}): Promise<SiteOnDisk> {
  options.onStage?.("reading");
  try {
    if (!(await stat(path)).isDirectory())
      return { ...checked(await readOne(path), options), folders: [dirname(resolve(path)), dirname(await realpath(path))] };
    const folder = await DiskFolder.open(path, options.allowInclude ?? []);
    return { ...checked(await readFolder(folder, options), options), folders: folder.folders };
  } catch (error) {
    return { ...unusable(`${path} cannot be read: ${reasonOf(error)}`), folders: [] };
  }
}

/** Reads a site that was sent: its files by their names. Never rejects. */
export async function readUploadedSite(files: ReadonlyMap<string, Uint8Array>): Promise<SiteReading> {
  return checked(await readFolder(new UploadedFolder(files), {}), {});
}

function checked(reading: SiteReading, { onStage }: ReadOptions): SiteReading {
  onStage?.("checking");
  const ofWhole = reading.unusable === undefined ? checkSite(reading.site, reading) : [];
  return { ...reading, diagnostics: inOrder([...reading.diagnostics, ...ofWhole]) };
}

async function readOne(path: string): Promise<SiteReading> {
  if (!/\.ya?ml$/i.test(path)) {
    const advice = isSiteFile(basename(path)) ? ": give the folder that it is in" : "";
    return unusable(`${path} is neither a folder nor a .yaml file${advice}`);
  }
  const name = basename(path);
  const { texts, ...read } = await readTexts([name], () => readSiteFile(path));
  return withReadings(read, { site: EMPTY_SITE, diagnostics: [] }, readYamlOf(texts, name));
}

async function readFolder(
  folder: SiteFolder,
  { onStage, repair = false, takePhoneFiles: takesPhones = false }: ReadOptions,
): Promise<SiteReading> {
  const present = await folder.names();
  const names = [...SITE_FILES, YAML_NAME].filter((name) => present.includes(name));
  if (names.length === 0) return unusable(`${folder.label} holds none of ${[...SITE_FILES, YAML_NAME].join(", ")}`);
  const { texts, ...read } = await readTexts(names, (name) => folder.read(name));
  const { sources, oddLines } = await loadIncludes(folder, texts);
  const included = new Set([...sources.targets.values()].flatMap(({ files }) => files));
  const diagnostics = [
    ...read.diagnostics,
    ...[...oddLines].flatMap(([file, lines]) => notUtf8(file, lines)),
    ...ignoredFiles(present.filter((name) => !included.has(name))),
  ];
  onStage?.("parsing");
  const hasAsterisk = names.some((name) => name !== YAML_NAME);
  const asterisk = hasAsterisk
    ? readAsteriskSite(Object.fromEntries(texts), { includes: sources, repair })
    : { site: EMPTY_SITE, diagnostics: [] };
  const reading = withReadings({ ...read, diagnostics }, asterisk, readYamlOf(texts, YAML_NAME));
  const taken = takesPhones
    ? takePhoneFiles(reading.site, await describedPhones(folder))
    : { site: reading.site, diagnostics: [] };
  const ofPhones = await checkPhoneFiles(folder, reading.site);
  return { ...reading, site: taken.site, diagnostics: [...reading.diagnostics, ...taken.diagnostics, ...ofPhones] };
}

/** Files of an Asterisk that no reader wants, in one note (CONF-I01). */
function ignoredFiles(names: readonly string[]): Diagnostic[] {
  const ignored = names.filter((name) => isAsteriskFile(name) && !isSiteFile(name) && !/\p{Cc}/u.test(name)).sort();
  const [file] = ignored;
  if (file === undefined) return [];
  const named = ignored.slice(0, NAMED_MAX).map((name) => show(name, 40));
  const more = ignored.length > NAMED_MAX ? ` and ${ignored.length - NAMED_MAX} more` : "";
  const message = `${ignored.length === 1 ? "this file is" : `${ignored.length} files are`} not read: ${named.join(", ")}${more}`;
  return [{ file, line: 1, column: 1, code: "CONF-I01", message }];
}

interface ReadTexts {
  readonly texts: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  readonly unusable?: string;
}

/** Texts by name. A file that cannot be read is rejected as a whole; the others are read all the same, for what they have to say. */
async function readTexts(names: readonly string[], read: (name: string) => Promise<SiteFile>): Promise<ReadTexts> {
  const texts = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const rejected: string[] = [];
  for (const file of names) {
    try {
      const { text, oddLines } = await read(file);
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
  return /\.ya?ml$/i.test(file) ? "YAML" : "CONF";
}

function readYamlOf(texts: ReadonlyMap<string, string>, name: string): SiteReading {
  const text = texts.get(name);
  return text === undefined ? { site: EMPTY_SITE, diagnostics: [] } : readYamlSite(text, name);
}

function withReadings(read: Omit<ReadTexts, "texts">, asterisk: SiteReading, yaml: SiteReading): SiteReading {
  const merged = mergeSites(asterisk, yaml);
  const reason = read.unusable ?? merged.unusable;
  return {
    ...merged,
    site: withGeneratedEntries(merged.site),
    diagnostics: [...read.diagnostics, ...merged.diagnostics],
    ...(reason === undefined ? {} : { unusable: reason }),
  };
}

function unusable(reason: string): SiteReading {
  return { site: EMPTY_SITE, diagnostics: [], unusable: reason };
}
