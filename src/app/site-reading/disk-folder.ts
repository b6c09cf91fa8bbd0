import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { IncludeTarget } from "#asterisk/conf/conf-includes";
import { INCLUDED_FILES_MAX } from "#asterisk/conf/conf-limits";
import { expandBraces, isWildcard, NameMatcher } from "#asterisk/conf/include-glob";
import { nearest } from "#domain/site/nearest";
import { readSiteFile, type SiteFile } from "./site-file.ts";
import type { SiteFolder } from "./site-folder.ts";

/** Folders that one pattern looks into, and files that it finds: one more than may be included, so that whoever counts them notices. */
const LOOKED_MAX = INCLUDED_FILES_MAX + 1;
/** Missing files that get a suggestion. */
const SUGGESTED_MAX = 100;

/** A folder on disk, and the others that its files may include from. Symbolic links count as what they lead to. */
export class DiskFolder implements SiteFolder {
  readonly label: string;
  readonly #root: string;
  readonly #allowed: readonly string[];
  /** By name: where an included file lies. */
  readonly #paths = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #matcher = new NameMatcher();
  #missing = 0;

  private constructor(label: string, root: string, allowed: readonly string[]) {
    this.label = label;
    this.#root = root;
    this.#allowed = [root, ...allowed];
    this.#folders.add(root);
  }

  static async open(path: string, allowInclude: readonly string[]): Promise<DiskFolder> {
    const real = await realpath(path);
    const allowed = await Promise.all(allowInclude.map((folder) => realpath(folder).catch(() => undefined)));
    const folder = new DiskFolder(
      path,
      real,
      allowed.filter((one) => one !== undefined),
    );
    // A link to the site's folder may be made to lead elsewhere.
    if (real !== resolve(path)) folder.#folders.add(dirname(resolve(path)));
    return folder;
  }

  /** Folders where a change may change the site. */
  get folders(): readonly string[] {
    return [...this.#folders];
  }

  async names(): Promise<readonly string[]> {
    return readdir(this.#root);
  }

  async read(name: string): Promise<SiteFile> {
    const path = this.#paths.get(name) ?? join(this.#root, name);
    const target = await realpath(path);
    this.#folders.add(dirname(target));
    return readSiteFile(path);
  }

  async find(path: string): Promise<IncludeTarget | undefined> {
    const files: string[] = [];
    const outside: string[] = [];
    let near: string | undefined;
    for (const one of expandBraces(path)) {
      const full = resolve(this.#root, one);
      for (const found of isWildcard(one) ? await this.#expand(full, outside) : [full]) {
        const target = await realpath(found).catch(() => undefined);
        if (!this.#isAllowed(target ?? (await existing(found)))) outside.push(found);
        else if (target === undefined) near ??= await this.#nearest(found);
        else files.push(this.#nameOf(found, target));
      }
    }
    if (this.#matcher.isSpent) return undefined;
    return { files, outside, ...(near === undefined ? {} : { nearest: near }) };
  }

  /** Files that fit a pattern, sorted; folders among them are left out, as Asterisk does. */
  async #expand(pattern: string, outside: string[]): Promise<readonly string[]> {
    const parts = pattern.split(sep);
    const first = parts.findIndex(isWildcard);
    const start = first === 1 ? sep : parts.slice(0, first).join(sep);
    if (!this.#isAllowed(await existing(start))) {
      outside.push(pattern);
      return [];
    }
    let found: string[] = [start];
    for (const part of parts.slice(first)) {
      if (!isWildcard(part)) {
        found = found.map((folder) => join(folder, part));
        continue;
      }
      const lists = await Promise.all(found.map((folder) => this.#list(folder, part)));
      found = lists.flat().slice(0, LOOKED_MAX);
    }
    const isFile = await Promise.all(
      found.map((path) =>
        stat(path).then(
          (entry) => entry.isFile(),
          () => false,
        ),
      ),
    );
    return found.filter((_path, at) => isFile[at] === true);
  }

  /** What fits in one folder. What lies outside is not even looked into. */
  async #list(folder: string, part: string): Promise<string[]> {
    const real = await realpath(folder).catch(() => undefined);
    if (real === undefined || !this.#isAllowed(real)) return [];
    this.#folders.add(real);
    const names = await readdir(real).catch(() => []);
    return names
      .filter((name) => this.#matcher.fits(part, name) && !/\p{Cc}/u.test(name))
      .sort()
      .map((name) => join(folder, name));
  }

  /** A file beside the missing one that looks like it; the folder is watched, since the missing one may come. */
  async #nearest(missing: string): Promise<string | undefined> {
    const folder = await existing(dirname(missing));
    if (!this.#isAllowed(folder)) return undefined;
    this.#folders.add(folder);
    this.#missing += 1;
    if (this.#missing > SUGGESTED_MAX) return undefined;
    const names = await readdir(folder).catch(() => []);
    const near = nearest(
      missing.slice(dirname(missing).length + 1),
      names.filter((name) => !/\p{Cc}/u.test(name)),
    );
    return near === undefined ? undefined : relative(this.#root, join(folder, near));
  }

  #isAllowed(path: string): boolean {
    return this.#allowed.some((folder) => isBelow(path, folder));
  }

  /** As it was written when that is below the site's folder, else where it really is. */
  #nameOf(found: string, target: string): string {
    const path = isBelow(found, this.#root) ? found : target;
    const name = isBelow(path, this.#root) ? relative(this.#root, path) : path;
    this.#paths.set(name, target);
    this.#folders.add(dirname(path));
    this.#folders.add(dirname(target));
    return name.split(sep).join("/");
  }
}

/** Whether a path is a folder or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return !isAbsolute(from) && from !== ".." && !from.startsWith(`..${sep}`);
}

/** The folder itself, or the nearest one above it that is there; where it really is. */
async function existing(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined || path === dirname(path)) return real ?? path;
  }
}
