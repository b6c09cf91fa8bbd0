import { Problem } from "./problem.ts";

/** Of a request that sends a site. */
export const UPLOAD_MAX_BYTES = 32 * 1024 * 1024;
/** Of all files together, unpacked. */
export const UNPACKED_MAX_BYTES = 64 * 1024 * 1024;
export const FILES_MAX = 2000;
const NAME_MAX_CHARACTERS = 255;
const SHOWN_MAX_CHARACTERS = 80;

export interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files of a site by name. Names stay below the site; a folder that all of them are in, as archives have it, is taken off. */
export function uploadedFiles(uploaded: readonly UploadedFile[]): ReadonlyMap<string, Uint8Array> {
  if (uploaded.length > FILES_MAX) throw tooMany();
  let total = 0;
  const files = new Map<string, Uint8Array>();
  for (const { name, bytes } of uploaded) {
    total += bytes.length;
    if (total > UNPACKED_MAX_BYTES) throw tooMany();
    const checked = checkedName(name);
    if (files.has(checked)) throw new Problem(422, `The file ${quoted(checked)} is there twice.`);
    files.set(checked, bytes);
  }
  return withoutCommonFolder(files);
}

/** The problem of a site that is too big to be checked here. */
export function tooMany(): Problem {
  const detail = `A site may have ${FILES_MAX} files and ${UNPACKED_MAX_BYTES} bytes in all. Send only its .conf and .yaml files.`;
  return new Problem(413, detail);
}

/** A relative name with "/" that does not climb; anything else is a problem. */
export function checkedName(name: string): string {
  const parts = name.replace(/^(?:\.\/)+/, "").split("/");
  const isBad = parts.some((part) => part === "" || part === "." || part === "..");
  if (isBad || name.length > NAME_MAX_CHARACTERS || /[\p{Cc}\\]|^[A-Za-z]:/u.test(name)) {
    const detail = `The name ${quoted(name)} cannot be used: write a relative one with "/", without ".." and of ${NAME_MAX_CHARACTERS} characters at most.`;
    throw new Problem(422, detail);
  }
  return parts.join("/");
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_MAX_CHARACTERS));
}

function withoutCommonFolder(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const [first = ""] = files.keys();
  const folder = first.slice(0, first.indexOf("/") + 1);
  if (folder === "" || [...files.keys()].some((name) => !name.startsWith(folder))) return files;
  return withoutCommonFolder(new Map([...files].map(([name, bytes]) => [name.slice(folder.length), bytes])));
}
