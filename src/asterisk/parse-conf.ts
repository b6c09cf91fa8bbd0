import type { Diagnostic, Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import { columnOf, CommentStripper, type StrippedLine } from "./conf-comments.ts";
import type { ConfFile, Entry } from "./conf-value.ts";
import { replaceOddCharacters } from "./odd-characters.ts";
import { SectionTable, type Refusal } from "./section-table.ts";

/** Longer lines are skipped, as Asterisk does (sla.md §5.1). */
const LINE_MAX_CHARACTERS = 8190;
const NAME_MAX_CHARACTERS = 79;

/** What became of a file. `rejected`: not to be used at all, the reason stands in the diagnostics. */
export interface ConfReading {
  readonly conf: ConfFile;
  readonly diagnostics: readonly Diagnostic[];
  readonly rejected: boolean;
}

/** Reads the grammar that all of Asterisk's .conf files share (sla.md §5.1, §5.2). Never throws; `file` is the name for diagnostics. */
export function parseConf(text: string, file: string): ConfReading {
  return new ConfParser(file).parse(text);
}

class ConfParser {
  readonly #file: string;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #table = new SectionTable();
  readonly #comments = new CommentStripper();
  /** The line being read, its number, and whether the section it stands in is left out. */
  #line: StrippedLine = { text: "", shifts: [] };
  #number = 0;
  #isSkipping = false;
  #rejected = false;

  constructor(file: string) {
    this.#file = file;
  }

  parse(text: string): ConfReading {
    for (const raw of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)) {
      this.#number += 1;
      this.#read(raw);
      if (this.#rejected) return { conf: { sections: [] }, diagnostics: this.#diagnostics, rejected: true };
    }
    const openedAt = this.#comments.openedAt;
    if (openedAt !== undefined) {
      const at = { file: this.#file, line: openedAt, column: 1 };
      this.#say("CONF-W02", at, "block comment is never closed: everything below is ignored, end it with --;");
    }
    return { conf: { sections: this.#table.sections }, diagnostics: this.#diagnostics, rejected: false };
  }

  #read(raw: string): void {
    if (raw.length > LINE_MAX_CHARACTERS) {
      this.#line = { text: "", shifts: [] };
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
    const plus = words.find((word) => word.startsWith("+"));
    const options = { isTemplate: words.includes("!"), bases: words.filter((word) => word !== "!") };
    if (plus === undefined) this.#refuse(start, this.#table.add(name, options, this.#at(start)));
    else this.#refuse(start, this.#table.continue(name));
    if (plus !== undefined && words.join() !== "+") {
      const message = `"${show(words.join(","))}" is read as (+): the first section [${show(name)}] is continued, nothing is inherited`;
      this.#say("CONF-W09", this.#at(start), message);
    }
  }

  #directive(text: string, start: number): void {
    const word = /^#(\w*)/.exec(text.slice(start))?.[1]?.toLowerCase() ?? "";
    if (word === "exec") this.#say("SLA-W21", this.#at(start), "#exec is never run: put its output into the file");
    else if (word === "include" || word === "tryinclude")
      this.#say("CONF-W04", this.#at(start), `#${word} is not followed: put the included text into this file`);
    else this.#say("CONF-W05", this.#at(start), `#${show(word)} is not known and ignored: begin a comment with ";"`);
  }

  #entry(text: string, start: number): void {
    const equals = text.indexOf("=");
    const before = equals === -1 ? "" : text.slice(start, equals).trimEnd();
    const isAppend = before.endsWith("+");
    const writtenKey = (isAppend ? before.slice(0, -1) : before).trim().replace(/^\\/, "");
    if (writtenKey === "") {
      this.#say("CONF-W06", this.#at(start), `line ignored: write key = value, or begin a comment with ";"`);
      return;
    }
    if (this.#isSkipping) return;
    if (this.#table.open === undefined) {
      this.#reject(start, "key before any section: put a [section] line above");
      return;
    }
    const arrow = equals + (text.charAt(equals + 1) === ">" ? 2 : 1);
    const after = text.slice(arrow);
    const valueAt = this.#at(arrow + after.length - after.trimStart().length);
    const entry = { key: writtenKey.toLowerCase(), writtenKey, value: after.trim(), at: this.#at(start), valueAt };
    if (isAppend) this.#append(entry);
    else this.#refuse(start, this.#table.addEntry(entry));
  }

  #append(entry: Entry): void {
    if (this.#table.open?.append(entry) === false)
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
    this.#diagnostics.push({ ...at, code, message });
  }
}
