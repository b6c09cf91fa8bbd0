import { includedPaths, type IncludeSources, type IncludeTarget } from "#asterisk/conf/conf-includes";
import { CHARACTERS_MAX, INCLUDE_DEPTH_MAX, INCLUDED_FILES_MAX } from "#asterisk/conf/conf-limits";
import type { SiteFile } from "./site-file.ts";
import type { SiteFolder } from "./site-folder.ts";
import { reasonOf } from "../reason-of.ts";

/** Different paths that the files of one site may include. */
const PATHS_MAX = 2000;
const PATH_MAX_CHARACTERS = 500;

/** What the includes of a site lead to, and the lines of those files that are not UTF-8. */
export interface LoadedIncludes {
  readonly sources: IncludeSources;
  readonly oddLines: ReadonlyMap<string, readonly number[]>;
}

/** Looks up everything that the given files include, and what that includes; each file is read once. */
export async function loadIncludes(folder: SiteFolder, roots: ReadonlyMap<string, string>): Promise<LoadedIncludes> {
  const loader = new IncludeLoader(folder, roots);
  let files: readonly string[] = [...roots.keys()].filter((name) => name.endsWith(".conf"));
  for (let depth = 0; depth < INCLUDE_DEPTH_MAX && files.length > 0; depth += 1) files = await loader.follow(files);
  return loader;
}

class IncludeLoader implements LoadedIncludes {
  readonly #folder: SiteFolder;
  readonly #targets = new Map<string, IncludeTarget>();
  readonly #texts = new Map<string, string>();
  readonly #unread = new Map<string, string>();
  readonly oddLines = new Map<string, readonly number[]>();
  /** Files whose includes are known, or being looked up. */
  readonly #seen: Set<string>;
  #characters = 0;

  constructor(folder: SiteFolder, roots: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.#seen = new Set(roots.keys());
    for (const [name, text] of roots) {
      this.#texts.set(name, text);
      this.#characters += text.length;
    }
  }

  get sources(): IncludeSources {
    return { targets: this.#targets, texts: this.#texts, unread: this.#unread };
  }

  /** Gives the files that these include and that were not seen before. */
  async follow(files: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const path of files.flatMap((file) => includedPaths(this.#texts.get(file) ?? ""))) {
      if (this.#targets.has(path) || this.#targets.size >= PATHS_MAX || path.length > PATH_MAX_CHARACTERS) continue;
      const target = await this.#folder.find(path);
      if (target === undefined) continue;
      this.#targets.set(path, target);
      for (const file of target.files) {
        if (this.#seen.has(file)) continue;
        this.#seen.add(file);
        await this.#read(file);
        found.push(file);
      }
    }
    return found;
  }

  async #read(file: string): Promise<void> {
    if (this.#texts.size > INCLUDED_FILES_MAX || this.#characters > CHARACTERS_MAX) {
      this.#unread.set(file, `the site has more than ${INCLUDED_FILES_MAX} files or ${CHARACTERS_MAX} characters`);
      return;
    }
    try {
      const { text, oddLines }: SiteFile = await this.#folder.read(file);
      this.#texts.set(file, text);
      this.#characters += text.length;
      this.oddLines.set(file, oddLines);
    } catch (error) {
      this.#unread.set(file, reasonOf(error));
    }
  }
}
