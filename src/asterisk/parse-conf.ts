import { didYouMean } from "#domain/site/nearest";
import type { Diagnostic } from "#domain/site/diagnostic";
import type { ConfFile, Entry, Position } from "./conf-value.ts";
import { stripComments } from "./conf-comments.ts";

/** Longer lines are skipped, as Asterisk does (sla.md §5.1). */
const LINE_MAX_CHARACTERS = 8190;
const NAME_MAX_CHARACTERS = 79;

/** What became of a file. `rejected`: not to be used at all, the reason stands in the diagnostics. */
export interface ConfReading {
  readonly conf: ConfFile;
  readonly diagnostics: readonly Diagnostic[];
  readonly rejected: boolean;
}

interface OpenSection {
  readonly name: string;
  readonly isTemplate: boolean;
  readonly at: Position;
  readonly entries: Entry[];
}

/** Reads the grammar that all of Asterisk's .conf files share (sla.md §5.1, §5.2). Never throws; `file` is the name for diagnostics. */
export function parseConf(text: string, file: string): ConfReading {
  return new ConfParser(file).parse(text);
}

class ConfParser {
  readonly #file: string;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #sections: OpenSection[] = [];
  #rejected = false;

  constructor(file: string) {
    this.#file = file;
  }

  parse(text: string): ConfReading {
    const lines = stripComments(text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/), (line, message) => {
      this.#say("CONF-W02", { file: this.#file, line, column: 1 }, message);
    });
    for (const [index, line] of lines.entries()) {
      if (this.#rejected) break;
      this.#line(line, index + 1);
    }
    return { conf: { sections: this.#sections }, diagnostics: this.#diagnostics, rejected: this.#rejected };
  }

  #line(raw: string, line: number): void {
    if (raw.length > LINE_MAX_CHARACTERS) {
      this.#say("CONF-W01", this.#at(line, 1), `line of ${raw.length} characters skipped: the limit is ${LINE_MAX_CHARACTERS}`);
      return;
    }
    const cleaned = this.#replaceOddBlanks(raw, line);
    const text = cleaned.trim();
    const column = cleaned.length - cleaned.trimStart().length + 1;
    if (text === "") return;
    if (text.startsWith("[")) this.#header(text, line, column);
    else if (text.startsWith("#")) this.#directive(text, line, column);
    else this.#entry(cleaned, line, column);
  }

  /** No-break spaces and their like count as blanks (R3); Asterisk would take them for letters. */
  #replaceOddBlanks(raw: string, line: number): string {
    const found = /[\u00a0\u2000-\u200b\u202f\u205f\u3000]/.exec(raw);
    if (found === null) return raw;
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    this.#say(
      "SLA-W20",
      this.#at(line, found.index + 1),
      `blank U+${code} read as an ordinary blank: replace it, Asterisk takes it for a letter`,
    );
    return raw.replace(/[\u00a0\u2000-\u200b\u202f\u205f\u3000]/g, " ");
  }

  #header(text: string, line: number, column: number): void {
    const close = text.indexOf("]");
    if (close === -1) {
      this.#reject(line, column, `section header without "]": write [name]`);
      return;
    }
    const name = text.slice(1, close).trim();
    if (name === "" || name.length > NAME_MAX_CHARACTERS) {
      this.#reject(line, column, `section name must have 1 to ${NAME_MAX_CHARACTERS} characters`);
      return;
    }
    const rest = text.slice(close + 1);
    if (/^\s+\(/.test(rest)) {
      this.#say(
        "CONF-W03",
        this.#at(line, column + close + 1),
        `blank before "(": the template list is ignored, write [${name}](…)`,
      );
    }
    if (!rest.startsWith("(")) {
      this.#open(name, false, line, column);
      return;
    }
    const end = rest.indexOf(")");
    if (end === -1) this.#reject(line, column, `template list without ")"`);
    else this.#inherit(name, rest.slice(1, end).split(","), line, column);
  }

  #inherit(name: string, words: readonly string[], line: number, column: number): void {
    const options = words.map((word) => word.trim()).filter((word) => word !== "");
    if (options.some((word) => word.startsWith("+"))) {
      this.#continue(name, line, column);
      return;
    }
    const section = this.#open(name, options.includes("!"), line, column);
    for (const base of options.filter((word) => word !== "!")) {
      const template = this.#sections.findLast((known) => known !== section && known.name.toLowerCase() === base.toLowerCase());
      if (template === undefined) {
        const names = this.#sections.filter((known) => known !== section).map((known) => known.name);
        this.#reject(line, column, `template "${show(base)}" is not defined above${didYouMean(base, names)}`);
        return;
      }
      section.entries.push(...template.entries);
    }
  }

  #open(name: string, isTemplate: boolean, line: number, column: number): OpenSection {
    const section: OpenSection = { name, isTemplate, at: this.#at(line, column), entries: [] };
    this.#sections.push(section);
    return section;
  }

  /** `[x](+)`: further entries for the section of that name. */
  #continue(name: string, line: number, column: number): void {
    const index = this.#sections.findLastIndex((known) => known.name.toLowerCase() === name.toLowerCase());
    const [section] = index === -1 ? [] : this.#sections.splice(index, 1);
    if (section === undefined) this.#reject(line, column, `[${show(name)}](+) continues a section that is not defined above`);
    // Moved to the end: what follows belongs to it.
    else this.#sections.push(section);
  }

  #directive(text: string, line: number, column: number): void {
    const word = /^#(\w*)/.exec(text)?.[1]?.toLowerCase() ?? "";
    if (word === "exec") this.#say("SLA-W21", this.#at(line, column), "#exec is never run: put its output into the file");
    else if (word === "include" || word === "tryinclude") {
      this.#say("CONF-W04", this.#at(line, column), `#${word} is not followed yet: put the included text into this file`);
    } else this.#say("CONF-W05", this.#at(line, column), `#${show(word)} is not known and ignored`);
  }

  #entry(cleaned: string, line: number, column: number): void {
    const equals = cleaned.indexOf("=");
    const writtenKey = cleaned
      .slice(0, Math.max(0, equals))
      .replace(/\+\s*$/, "")
      .trim()
      .replace(/^\\/, "");
    if (equals === -1 || writtenKey === "") {
      this.#say("CONF-W06", this.#at(line, column), `line ignored: write key = value`);
      return;
    }
    const section = this.#sections.at(-1);
    if (section === undefined) {
      this.#reject(line, column, `key before any section: put a [section] line above`);
      return;
    }
    const arrow = cleaned.charAt(equals + 1) === ">" ? equals + 2 : equals + 1;
    const after = cleaned.slice(arrow);
    const value = after.trim();
    const valueAt = this.#at(line, arrow + after.length - after.trimStart().length + 1);
    const isAppend = /\+\s*$/.test(cleaned.slice(0, equals));
    const known = isAppend ? section.entries.findLast((entry) => entry.writtenKey === writtenKey) : undefined;
    const entry: Entry = {
      key: writtenKey.toLowerCase(),
      writtenKey,
      value: known === undefined ? value : known.value + value,
      at: this.#at(line, column),
      valueAt,
    };
    if (known !== undefined) section.entries.splice(section.entries.lastIndexOf(known), 1, entry);
    else section.entries.push(entry);
  }

  #reject(line: number, column: number, message: string): void {
    this.#rejected = true;
    this.#say("CONF-E01", this.#at(line, column), `${message} (the whole file is rejected)`);
  }

  #at(line: number, column: number): Position {
    return { file: this.#file, line, column };
  }

  #say(code: string, at: Position, message: string): void {
    this.#diagnostics.push({ ...at, code, message });
  }
}

/** A word of the file in a message: control characters made visible, cut to a readable length. */
export function show(text: string): string {
  const shown = text.replace(/\p{Cc}/gu, "\u2423");
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}
