import { posix } from "node:path";
import type { IncludeTarget } from "#asterisk/conf/conf-includes";
import { expandBraces, isWildcard, NameMatcher } from "#asterisk/conf/include-glob";
import { nearest } from "#domain/site/nearest";
import { decodeSiteFile, FILE_MAX_BYTES, type SiteFile } from "./site-file.ts";
import type { SiteFolder } from "./site-folder.ts";

/** Where files that name each other by their whole path came from. */
const ASTERISK_FOLDER = "/etc/asterisk/";
/** Missing files that get a suggestion. */
const SUGGESTED_MAX = 100;

/** A site that somebody sent: it may include its own files, and no other. */
export class UploadedFolder implements SiteFolder {
  readonly label = "the upload";
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #matcher = new NameMatcher();
  #missing = 0;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  async names(): Promise<readonly string[]> {
    return Promise.resolve([...this.#files.keys()].filter((name) => !name.includes("/")));
  }

  async find(path: string): Promise<IncludeTarget | undefined> {
    const files: string[] = [];
    const outside: string[] = [];
    for (const one of expandBraces(path)) {
      const pattern = posix.normalize(one.startsWith(ASTERISK_FOLDER) ? one.slice(ASTERISK_FOLDER.length) : one);
      if (/^(?:\/|\.\.(?:\/|$))/.test(pattern)) outside.push(one);
      else files.push(...this.#matching(pattern));
    }
    if (this.#matcher.isSpent) return undefined;
    const near = files.length > 0 || isWildcard(path) ? undefined : this.#nearest(path);
    return Promise.resolve({ files, outside, ...(near === undefined ? {} : { nearest: near }) });
  }

  async read(name: string): Promise<SiteFile> {
    await Promise.resolve();
    const bytes = this.#files.get(name);
    if (bytes === undefined) throw new Error("there is no such file");
    if (bytes.length > FILE_MAX_BYTES) throw new Error(`it has more than ${FILE_MAX_BYTES} bytes`);
    return decodeSiteFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  #nearest(path: string): string | undefined {
    this.#missing += 1;
    return this.#missing > SUGGESTED_MAX ? undefined : nearest(path, this.#files.keys());
  }

  #matching(pattern: string): string[] {
    if (this.#files.has(pattern)) return [pattern];
    if (!isWildcard(pattern)) return [];
    const parts = pattern.split("/");
    const names = [...this.#files.keys()].filter((name) => {
      const own = name.split("/");
      return own.length === parts.length && own.every((part, at) => this.#matcher.fits(parts[at] ?? "", part));
    });
    return names.sort();
  }
}
