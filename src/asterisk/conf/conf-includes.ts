import { CommentStripper } from "./conf-comments.ts";
import { LINE_MAX_CHARACTERS } from "./conf-limits.ts";
import { eachLine } from "./conf-lines.ts";
import { replaceOddCharacters } from "./odd-characters.ts";

/** What a path of an `#include` names, as whoever looked at the files found it. */
export interface IncludeTarget {
  /** Names as findings have them, in the order they are read. */
  readonly files: readonly string[];
  /** Files that lie where nothing may be read from. */
  readonly outside: readonly string[];
  /** A file that is there and looks most like the missing one. */
  readonly nearest?: string;
}

/** Everything that the includes of a site lead to, looked up before the files are read. */
export interface IncludeSources {
  /** By the path as it is written. */
  readonly targets: ReadonlyMap<string, IncludeTarget>;
  /** By the name of the target. */
  readonly texts: ReadonlyMap<string, string>;
  /** Why a target has no text. */
  readonly unread: ReadonlyMap<string, string>;
}

/** Files that stand alone. */
export const NO_INCLUDES: IncludeSources = { targets: new Map(), texts: new Map(), unread: new Map() };

/** A `#include` or `#tryinclude` line. */
export interface IncludeLine {
  readonly isOptional: boolean;
  /** As written, without quotes; "" when there is none. */
  readonly path: string;
  /** Where the path begins in the line. */
  readonly pathAt: number;
}

/** Reads a directive that begins at `start` of a line; undefined: it is no include. */
export function includeLine(text: string, start: number): IncludeLine | undefined {
  const match = /^#(try)?include(?:\s+|$)/i.exec(text.slice(start));
  if (match === null) return undefined;
  const written = text.slice(start + match[0].length).trimEnd();
  const isQuoted =
    written.length > 1 && ((/^"/.test(written) && /"$/.test(written)) || (/^</.test(written) && />$/.test(written)));
  const path = isQuoted ? written.slice(1, -1) : written;
  return { isOptional: match[1] !== undefined, path, pathAt: start + match[0].length + Number(isQuoted) };
}

/** The paths that a file includes, each once; what stands in comments does not count. */
export function includedPaths(text: string): readonly string[] {
  if (!/include/i.test(text)) return [];
  const paths = new Set<string>();
  const comments = new CommentStripper();
  eachLine(text, (raw, number) => {
    if (raw.length > LINE_MAX_CHARACTERS) return true;
    const line = replaceOddCharacters(comments.strip(raw, number).text).text;
    const start = line.search(/\S/);
    const path = start === -1 ? "" : (includeLine(line, start)?.path ?? "");
    if (path !== "") paths.add(path);
    return true;
  });
  return [...paths];
}
