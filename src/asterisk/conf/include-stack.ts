import { show } from "#domain/site/shown";
import type { IncludeLine, IncludeSources } from "./conf-includes.ts";
import { INCLUDE_DEPTH_MAX, INCLUDED_FILES_MAX, type ReadingBudget } from "./conf-limits.ts";
import { isWildcard } from "./include-glob.ts";

/** What an `#include` line comes to: a text to read, something to say, or the end of the whole file. */
export type IncludeStep =
  | { readonly type: "file"; readonly file: string; readonly text: string }
  | { readonly type: "finding"; readonly code: string; readonly message: string }
  | { readonly type: "reject"; readonly message: string };

/** The files between the site's own and the line being read; says what an include means there (sla.md §5.1). */
export class IncludeStack {
  readonly #sources: IncludeSources;
  readonly #budget: ReadingBudget;
  readonly #chain: string[];

  constructor(file: string, sources: IncludeSources, budget: ReadingBudget) {
    this.#chain = [file];
    this.#sources = sources;
    this.#budget = budget;
  }

  enter(file: string): void {
    this.#chain.push(file);
  }

  leave(): void {
    this.#chain.pop();
  }

  /** The steps of one line, made when they are asked for: what a file includes is counted before the next. */
  *follow({ path, isOptional }: IncludeLine): Generator<IncludeStep> {
    const shown = show(path);
    if (path === "") {
      yield { type: "finding", code: "CONF-W04", message: "#include without a file's name is ignored: write #include file.conf" };
      return;
    }
    const target = this.#sources.targets.get(path);
    if (target === undefined) {
      yield failed(isOptional, `"${shown}" was not looked for: it is too long, or there are too many #include lines`);
      return;
    }
    for (const file of target.outside) {
      const message = `"${show(file)}" lies outside of the site's folder and is not read: start with --allow-include DIR, or copy it into the folder`;
      yield { type: "finding", code: "CONF-E03", message };
    }
    for (const file of target.files) yield this.#file(file, isOptional);
    if (target.files.length > 0 || target.outside.length > 0 || isOptional) return;
    const hint = target.nearest === undefined ? "" : ` (did you mean "${show(target.nearest)}"?)`;
    if (isWildcard(path)) {
      const message = `no file fits "${shown}": Asterisk would reject the whole file, write #tryinclude`;
      yield { type: "finding", code: "CONF-W12", message };
    } else yield failed(false, `there is no file "${shown}"${hint}: add it, or write #tryinclude`);
  }

  #file(file: string, isOptional: boolean): IncludeStep {
    this.#budget.includedFiles += 1;
    if (this.#budget.includedFiles > INCLUDED_FILES_MAX)
      return {
        type: "reject",
        message: `more than ${INCLUDED_FILES_MAX} files are included, each counted every time: include fewer`,
      };
    const loopAt = this.#chain.indexOf(file);
    if (loopAt !== -1) {
      const chain = [...this.#chain.slice(loopAt), file].map((name) => show(name, 40)).join(" > ");
      return failed(isOptional, `the files include each other: ${chain}`);
    }
    if (this.#chain.length > INCLUDE_DEPTH_MAX)
      return failed(
        isOptional,
        `"${show(file)}" is included ${this.#chain.length} files deep: at most ${INCLUDE_DEPTH_MAX} are read`,
      );
    const text = this.#sources.texts.get(file);
    if (text !== undefined) return { type: "file", file, text };
    return failed(isOptional, `"${show(file)}" cannot be read: ${this.#sources.unread.get(file) ?? "it is not there any more"}`);
  }
}

function failed(isOptional: boolean, reason: string): IncludeStep {
  if (!isOptional) return { type: "reject", message: reason };
  return { type: "finding", code: "CONF-W04", message: `#tryinclude is not followed: ${reason}` };
}
