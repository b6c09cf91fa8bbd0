import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { OTHER_FILES, readAsteriskSite, SITE_FILES, type SiteTexts } from "#asterisk/read-asterisk-site";
import type { Diagnostic } from "#domain/site/diagnostic";
import type { Site, SiteReading } from "#domain/site/site";
import { readYamlSite } from "#site-yaml/read-yaml-site";

/** A file of a site; larger ones are no configuration. */
const FILE_MAX_BYTES = 4 * 1024 * 1024;
const YAML_NAME = "site.yaml";

const EMPTY: Site = { trunks: [], stations: [], accounts: [], phones: [], hints: [], includes: {} };

/** Reads the site at `path`: a folder with Asterisk's files and/or site.yaml, or one YAML file. Never rejects; what is wrong is said. */
export async function readSite(path: string): Promise<SiteReading> {
  try {
    const info = await stat(path);
    return info.isDirectory() ? await readFolder(path) : await readOne(path);
  } catch (error) {
    return unusable(`${path} cannot be read: ${reasonOf(error)}`);
  }
}

async function readOne(path: string): Promise<SiteReading> {
  if (!/\.ya?ml$/i.test(path)) return unusable(`${path} is neither a folder nor a .yaml file`);
  return readYamlSite(await readText(path), basename(path));
}

async function readFolder(path: string): Promise<SiteReading> {
  const names = new Set(await readdir(path));
  const texts: Partial<Record<keyof SiteTexts, string>> = {};
  for (const name of [...SITE_FILES, ...OTHER_FILES]) if (names.has(name)) texts[name] = await readText(join(path, name));
  const readings: SiteReading[] = [];
  if (Object.keys(texts).length > 0) readings.push(readAsteriskSite(texts));
  if (names.has(YAML_NAME)) readings.push(readYamlSite(await readText(join(path, YAML_NAME)), YAML_NAME));
  if (readings.length === 0) return unusable(`${path} holds none of ${[...SITE_FILES, YAML_NAME].join(", ")}`);
  return readings.reduce(merge);
}

/** Objects of both; what stands in the first reading wins. */
function merge(left: SiteReading, right: SiteReading): SiteReading {
  const reason = left.unusable ?? right.unusable;
  const diagnostics = [...left.diagnostics, ...right.diagnostics];
  const join = <T>(
    kind: string,
    a: readonly T[],
    b: readonly T[],
    nameOf: (item: T) => string,
    originOf: (item: T) => string,
  ): readonly T[] => {
    const names = new Set(a.map(nameOf));
    for (const item of b) if (names.has(nameOf(item))) diagnostics.push(twice(kind, nameOf(item), originOf(item)));
    return [...a, ...b.filter((item) => !names.has(nameOf(item)))];
  };
  const [a, b] = [left.site, right.site];
  const realm = a.realm ?? b.realm;
  const site: Site = {
    ...(realm === undefined ? {} : { realm }),
    trunks: join(
      "trunk",
      a.trunks,
      b.trunks,
      (item) => item.name,
      (item) => item.origin,
    ),
    stations: join(
      "station",
      a.stations,
      b.stations,
      (item) => item.name,
      (item) => item.origin,
    ),
    accounts: join(
      "account",
      a.accounts,
      b.accounts,
      (item) => item.name,
      (item) => item.origin,
    ),
    phones: join(
      "phone",
      a.phones,
      b.phones,
      (item) => item.mac,
      (item) => item.origin,
    ),
    hints: join(
      "hint",
      a.hints,
      b.hints,
      (item) => `${item.extension}@${item.context}`,
      (item) => item.origin,
    ),
    includes: { ...b.includes, ...a.includes },
  };
  return { site, diagnostics, ...(reason === undefined ? {} : { unusable: reason }) };
}

function twice(kind: string, name: string, origin: string): Diagnostic {
  const colon = origin.lastIndexOf(":");
  return {
    file: origin.slice(0, colon),
    line: Number(origin.slice(colon + 1)),
    column: 1,
    code: "YAML-W03",
    message: `${kind} ${name} is also in Asterisk's files, which win`,
  };
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > FILE_MAX_BYTES) throw new Error(`${basename(path)} has ${size} bytes, more than ${FILE_MAX_BYTES}`);
  return readFile(path, "utf8");
}

function unusable(reason: string): SiteReading {
  return { site: EMPTY, diagnostics: [], unusable: reason };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return "there is no such file or folder";
  if (code === "EACCES") return "permission denied";
  return error instanceof Error ? error.message : String(error);
}
