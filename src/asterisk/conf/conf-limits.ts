/** Longer lines are skipped, as Asterisk does (sla.md §5.1). */
export const LINE_MAX_CHARACTERS = 8190;
/** Characters kept of a section's name (sla.md §5.1). */
export const NAME_MAX_CHARACTERS = 79;
/** Characters that `+=` may gather in one value; the longest line that one could write. */
export const VALUE_MAX_CHARACTERS = 8190;
/** Files that stand between a line and the site's own file, at most (sla.md §5.1). */
export const INCLUDE_DEPTH_MAX = 10;
/** Entries of a site, inherited ones counted every time: templates of templates multiply. */
export const ENTRIES_MAX = 1_000_000;
/** Findings of the grammar that are kept: whoever has more reads none of them. */
export const FINDINGS_MAX = 200_000;
/** Included files that are read, each counted every time: files that include files multiply. */
export const INCLUDED_FILES_MAX = 1000;
/** Characters read, those of included files counted every time. */
export const CHARACTERS_MAX = 64 * 1024 * 1024;
/** Entries and sections that the filters of `[name](+key=value)` look at. */
export const COMPARED_MAX = 1_000_000;

/** What reading the files of one site has cost; shared by all of them, so that many files cost no more than one. */
export class ReadingBudget {
  entries = 0;
  findings = 0;
  includedFiles = 0;
  characters = 0;
  compared = 0;
}
