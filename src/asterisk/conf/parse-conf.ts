import type { Diagnostic, Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import { columnOf, CommentStripper, type StrippedLine } from "./conf-comments.ts";
import { includeLine, NO_INCLUDES, type IncludeLine, type IncludeSources } from "./conf-includes.ts";
import { CHARACTERS_MAX, FINDINGS_MAX, LINE_MAX_CHARACTERS, NAME_MAX_CHARACTERS, ReadingBudget } from "./conf-limits.ts";
import { eachLine } from "./conf-lines.ts";
import type { ConfFile, Entry } from "./conf-value.ts";
import { readContinuation } from "./continuation.ts";
import { IncludeStack } from "./include-stack.ts";
import { replaceOddCharacters } from "./odd-characters.ts";
import { SectionTable, type Refusal } from "./section-table.ts";

/** What became of a file. `rejected`: not to be used at all, the reason stands in the diagnostics. */
export interface ConfReading {
  readonly conf: ConfFile;
  readonly diagnostics: readonly Diagnostic[];
  readonly rejected: boolean;
}

/**
 * Reads the grammar that all of Asterisk's .conf files share, with the files that are included (sla.md §5.1, §5.2). Never throws; `file` is
 * the name for diagnostics. Files of one site share a budget. `firstSection` is what lines above any section are taken to belong to; without
 * it they reject the file.
 */
export function parseConf(
  text: string,
  file: string,
  includes: IncludeSources = NO_INCLUDES,
  budget: ReadingBudget = new ReadingBudget(),
  firstSection?: string,
): ConfReading {
  return new ConfParser(file, includes, budget, firstSection).parse(text);
}

const NO_LINE: StrippedLine = { text: "", shifts: [] };

class ConfParser {
  readonly #budget: ReadingBudget;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #table: SectionTable;
  readonly #includes: IncludeStack;
  readonly #firstSection: string | undefined;
  /** The file and the line being read, and whether the section it stands in is left out. */
  #file: string;
  #comments = new CommentStripper();
  #line = NO_LINE;
  #number = 0;
  #isSkipping = false;
  #rejected = false;

  constructor(file: string, includes: IncludeSources, budget: ReadingBudget, firstSection?: string) {
    this.#file = file;
    this.#firstSection = firstSection;
    this.#budget = budget;
    this.#table = new SectionTable(budget);
    this.#includes = new IncludeStack(file, includes, budget);
  }

  parse(text: string): ConfReading {
    this.#readText(text);
    const sections = this.#rejected ? [] : this.#table.sections;
    return { conf: { sections }, diagnostics: this.#diagnostics, rejected: this.#rejected };
  }

  #readText(text: string): void {
    this.#number = 1;
    this.#budget.characters += text.length;
    if (this.#budget.characters > CHARACTERS_MAX) {
      this.#reject(0, `more than ${CHARACTERS_MAX} characters, included files counted every time: include less`);
      return;
    }
    eachLine(text, (raw, number) => {
      this.#number = number;
      this.#read(raw);
      return !this.#rejected;
    });
    const openedAt = this.#comments.openedAt;
    if (openedAt === undefined || this.#rejected) return;
    const at = { file: this.#file, line: openedAt, column: 1 };
    this.#say("CONF-W02", at, "block comment is never closed: everything below is ignored, end it with --;");
  }

  /** Reads an included file where it is included. */
  #readIncluded(file: string, text: string): void {
    const outer = [this.#file, this.#comments, this.#line, this.#number, this.#isSkipping, this.#table.open] as const;
    this.#file = file;
    this.#comments = new CommentStripper();
    this.#line = NO_LINE;
    this.#table.open = this.#table.latest;
    this.#includes.enter(file);
    this.#readText(text);
    this.#includes.leave();
    [this.#file, this.#comments, this.#line, this.#number, this.#isSkipping, this.#table.open] = outer;
  }

  #read(raw: string): void {
    if (raw === "") return;
    if (raw.length > LINE_MAX_CHARACTERS) {
      this.#line = NO_LINE;
      this.#say("CONF-W01", this.#at(0), `line of ${raw.length} characters skipped: write at most ${LINE_MAX_CHARACTERS}`);
      return;
    }
    const stripped = this.#comments.strip(raw, this.#number);
    const { text, found } = replaceOddCharacters(stripped.text);
    this.#line = { text, shifts: stripped.shifts };
    for (const { index, code, message } of found) this.#say(code, this.#at(index), message);
    const start = text.search(/\S/);
    if (start === -1) return;
    if (text.startsWith("[", start)) this.#header(text, start);
    else if (text.startsWith("#", start)) this.#directive(text, start);
    else this.#entry(text, start);
  }

  #header(text: string, start: number): void {
    const close = text.indexOf("]", start);
    if (close === -1) {
      this.#reject(start, `section header without "]": write [name]`);
      return;
    }
    const name = this.#name(text.slice(start + 1, close).trim(), start);
    if (name === undefined) return;
    const suffix = text.slice(close + 1);
    if (/^\s+\(/.test(suffix)) {
      const message = `blank before "(": the template list is ignored, write [${show(name)}](…)`;
      this.#say("CONF-W03", this.#at(close + 1), message);
    }
    const end = suffix.indexOf(")");
    if (!suffix.startsWith("(")) this.#begin(name, [], start);
    else if (end === -1) this.#reject(close + 1, `template list without ")"`);
    else this.#begin(name, suffix.slice(1, end).split(","), start);
  }

  /** The name of a section as far as it is kept; undefined: its lines are left out. */
  #name(written: string, start: number): string | undefined {
    this.#isSkipping = written === "";
    if (written === "") {
      this.#table.close();
      this.#say("CONF-E02", this.#at(start), "section without a name: it is left out with its lines, write [name]");
      return undefined;
    }
    if (written.length <= NAME_MAX_CHARACTERS) return written;
    const message = `section name of ${written.length} characters: the first ${NAME_MAX_CHARACTERS} are used, write a shorter one`;
    this.#say("CONF-W07", this.#at(start), message);
    return written.slice(0, NAME_MAX_CHARACTERS);
  }

  #begin(name: string, written: readonly string[], start: number): void {
    const words = written.map((word) => word.trim()).filter((word) => word !== "");
    const plus = words.findLast((word) => word.startsWith("+"));
    const bases = words.filter((word) => word !== "!" && !word.startsWith("+"));
    const options = { isTemplate: words.includes("!"), bases };
    if (plus === undefined) {
      this.#refuse(start, this.#table.add(name, options, this.#at(start)));
      return;
    }
    const which = readContinuation(plus);
    if (which === undefined) {
      // The value may be a secret.
      const message = `"${show(plus.replace(/=.*/, "=…"))}" is read as (+): the first section [${show(name)}] is continued, write key=text without signs that repeat`;
      this.#say("CONF-W09", this.#at(start), message);
    }
    this.#refuse(start, this.#table.continue(name, which ?? {}, options));
  }

  #directive(text: string, start: number): void {
    const include = includeLine(text, start);
    if (include !== undefined) {
      this.#include(include, start);
      return;
    }
    const word = /^#([^\s]*)/.exec(text.slice(start))?.[1]?.toLowerCase() ?? "";
    if (word === "exec") this.#say("SLA-W21", this.#at(start), "#exec is never run: put its output into the file");
    else this.#say("CONF-W05", this.#at(start), `#${show(word)} is not known and ignored: begin a comment with ";"`);
  }

  #include(include: IncludeLine, start: number): void {
    for (const step of this.#includes.follow(include)) {
      if (step.type === "file") this.#readIncluded(step.file, step.text);
      else if (step.type === "finding") this.#say(step.code, this.#at(include.pathAt), step.message);
      else this.#reject(start, step.message);
      if (this.#rejected) return;
    }
  }

  #entry(text: string, start: number): void {
    const isEscaped = text.startsWith("\\", start);
    // The character behind a backslash belongs to the key, whatever it is.
    const keyAt = start + Number(isEscaped);
    if (isEscaped && /^(?:\s|$)/.test(text.slice(keyAt))) {
      this.#reject(start, "backslash before nothing: remove it");
      return;
    }
    const equals = text.indexOf("=", keyAt + Number(isEscaped));
    const before = equals === -1 ? "" : text.slice(keyAt, equals);
    const isAppend = before.endsWith("+") && before.length > Number(isEscaped);
    const writtenKey = (isAppend ? before.slice(0, -1) : before).trim();
    if (writtenKey === "") {
      this.#say("CONF-W06", this.#at(start), `line ignored: write key = value, or begin a comment with ";"`);
      return;
    }
    if (this.#isSkipping || !this.#isInSection(start)) return;
    const arrow = equals + (text.charAt(equals + 1) === ">" && !isAppend ? 2 : 1);
    const after = text.slice(arrow);
    const valueAt = this.#at(arrow + after.length - after.trimStart().length);
    const entry = { key: writtenKey.toLowerCase(), writtenKey, value: after.trim(), at: this.#at(start), valueAt };
    if (isAppend) this.#append(entry, after.trimEnd());
    else this.#refuse(start, this.#table.addEntry(entry));
  }

  /** Is there a section for a line? One above any begins the section that it must have been meant for (D9). */
  #isInSection(start: number): boolean {
    if (this.#table.open !== undefined) return true;
    if (this.#firstSection === undefined) {
      this.#reject(start, "key before any section: put a [section] line above");
      return false;
    }
    const name = `[${show(this.#firstSection)}]`;
    this.#say("CONF-W40", this.#at(start), `key before any section, read as a line of ${name}: write ${name} above`);
    this.#refuse(start, this.#table.add(this.#firstSection, { isTemplate: false, bases: [] }, this.#at(start)));
    return !this.#rejected;
  }

  #append(entry: Entry, text: string): void {
    if (this.#table.open?.append(entry, text) === false)
      this.#say("CONF-W10", entry.valueAt, `not appended: ${show(entry.writtenKey)} would get longer than a line may be`);
  }

  #refuse(index: number, refusal: Refusal): void {
    if (refusal !== undefined) this.#reject(index, refusal);
  }

  #reject(index: number, message: string): void {
    this.#rejected = true;
    this.#say("CONF-E01", this.#at(index), `${message} (the whole file is rejected)`);
  }

  /** Place in the file of a character of the line. */
  #at(index: number): Position {
    return { file: this.#file, line: this.#number, column: columnOf(this.#line, index) };
  }

  #say(code: string, at: Position, message: string): void {
    this.#budget.findings += 1;
    if (this.#budget.findings <= FINDINGS_MAX || code === "CONF-E01") this.#diagnostics.push({ ...at, code, message });
    else if (this.#budget.findings === FINDINGS_MAX + 1)
      this.#diagnostics.push({
        ...at,
        code: "CONF-W13",
        message: `more than ${FINDINGS_MAX} findings: later ones are not listed`,
      });
  }
}
