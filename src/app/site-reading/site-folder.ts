import type { IncludeTarget } from "#asterisk/conf/conf-includes";
import type { SiteFile } from "./site-file.ts";

/** The files of a site, wherever they lie. Names are those that findings have: relative, with "/". */
export interface SiteFolder {
  /** How messages call the folder. */
  readonly label: string;
  /** Names in the folder itself. */
  names(): Promise<readonly string[]>;
  /** What the path of an `#include` names; undefined: looking for it would cost too much. */
  find(path: string): Promise<IncludeTarget | undefined>;
  /** Rejects when there is no such file, or it cannot be read. */
  read(name: string): Promise<SiteFile>;
}
