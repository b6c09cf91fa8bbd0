import assert from "node:assert/strict";
import fc from "fast-check";
import type { IncludeTarget } from "#asterisk/conf/conf-includes";
import { parseConf } from "#asterisk/conf/parse-conf";
import type { Position } from "#domain/site/diagnostic";

const RUNS = 2000;

interface Line {
  readonly key: string;
  readonly value: string;
  /** 0: `=`, 1: `=>`, 2: `+=` */
  readonly sign: number;
  readonly decoration: number;
}

interface Block {
  readonly name: string;
  readonly isTemplate: boolean;
  /** Places, among the sections above, of what it inherits from; taken modulo their number. */
  readonly bases: readonly number[];
  readonly isContinuing: boolean;
  readonly lines: readonly Line[];
}

const word = fc.stringMatching(/^[A-Za-z0-9_.\-äß€]{1,12}$/u);
const value = fc.stringMatching(
  /^(?:[^\s;\p{C}\p{Z}\u2010-\u2036\u2212](?:[ -~äß€]{0,20}[^\s\p{C}\p{Z}\\\u2010-\u2036\u2212])?)?$/u,
);
const line: fc.Arbitrary<Line> = fc.record({
  key: word.filter((key) => !key.startsWith("+")),
  value: value.filter((text) => !text.startsWith(">") && !text.endsWith("\\")),
  sign: fc.nat(2),
  decoration: fc.nat(5),
});
const block: fc.Arbitrary<Block> = fc.record({
  name: word,
  isTemplate: fc.boolean(),
  bases: fc.array(fc.nat(100), { maxLength: 3 }),
  isContinuing: fc.boolean(),
  lines: fc.array(line, { maxLength: 5 }),
});

/** One way among several to write a line that means the same. */
function printLine({ key, value: text, sign, decoration }: Line): string {
  const escaped = text.replaceAll(";", "\\;");
  const equals = ["=", "=>", "+="][sign] ?? "=";
  const forms = [
    `${key}${equals}${escaped}`,
    `  ${key} ${equals}  ${escaped}\t`,
    `${key} ${equals} ${escaped} ; comment = no`,
    `;-- a block\nkey = no --; ${key} ${equals} ${escaped}`,
    `; comment\n\n${key}${equals}${escaped} ;-- one ;-- two --; --;`,
    `;-- x --;${key} ${equals}${escaped};--- comment`,
  ];
  return forms[decoration] ?? "";
}

type Expected = { name: string; isTemplate: boolean; entries: [string, string][] };

function first(sections: readonly Expected[], name: string): Expected | undefined {
  return sections.find((section) => section.name.toLowerCase() === name.toLowerCase());
}

/** Blanks that stand before the value, by decoration. */
const BLANKS = ["", "  ", " ", " ", "", ""];

function addLine(section: Expected, { key, value: text, sign, decoration }: Line): void {
  const known = sign === 2 ? section.entries.findLastIndex(([name]) => name === key) : -1;
  const before = section.entries[known];
  if (before === undefined) section.entries.push([key, text]);
  else section.entries[known] = [key, `${before[1]}${BLANKS[decoration] ?? ""}${text}`.trim()];
}

/** The text of the blocks, and what the rules of sla.md §5.2 make of them, by a second and simpler hand. */
function write(blocks: readonly Block[]): { units: readonly Unit[]; expected: Expected[] } {
  const expected: Expected[] = [];
  const units = blocks.flatMap(({ name, isTemplate, bases, isContinuing, lines }) => {
    const known = expected.filter((section) => section.name.toLowerCase() === name.toLowerCase());
    const continued = isContinuing ? (known.find((section) => !section.isTemplate) ?? known[0]) : undefined;
    const names = bases.flatMap((place) => expected[place % Math.max(1, expected.length)]?.name ?? []);
    const section = continued ?? {
      name,
      isTemplate,
      entries: names.flatMap((base) =>
        (first(expected, base)?.entries ?? []).map(([key, text_]): [string, string] => [key, text_]),
      ),
    };
    if (continued === undefined) expected.push(section);
    for (const item of lines) addLine(section, item);
    const options = continued === undefined ? [...(isTemplate ? ["!"] : []), ...names] : ["+"];
    const header = { text: `[${name}]${options.length > 0 ? `(${options.join(",")})` : ""}`, isHeader: true };
    return [header, ...lines.map((item): Unit => ({ text: printLine(item), isHeader: false }))];
  });
  return { units, expected };
}

/** What stays together when a file is cut: a header, or a line with the comments about it. */
interface Unit {
  readonly text: string;
  readonly isHeader: boolean;
}

/** Where a file is cut; taken modulo its length. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly form: number;
}

const cut: fc.Arbitrary<Cut> = fc.record({ start: fc.nat(40), end: fc.nat(40), form: fc.nat(3) });

/** Puts parts of a file into files that it includes, which include others; each part ends where a section begins, or at the end. */
function spread(
  units: readonly Unit[],
  cuts: readonly Cut[],
): { readonly rest: readonly Unit[]; readonly files: Map<string, string> } {
  const files = new Map<string, string>();
  let rest = units;
  for (const { start, end, form } of cuts) {
    const from = start % (rest.length + 1);
    const next = rest.findIndex(({ isHeader }, at) => isHeader && at >= Math.max(from + 1, end % (rest.length + 1)));
    const to = next === -1 ? rest.length : next;
    const part = rest.slice(from, to);
    const name = `d/file ${files.size}.conf`;
    files.set(name, part.map(({ text }) => text).join("\n"));
    const include =
      [`#include ${name}`, `#tryinclude "${name}"`, `  #Include <${name}> ; comment`, `;-- x --; #include ${name}`][form] ?? "";
    rest = [...rest.slice(0, from), { text: include, isHeader: part[0]?.isHeader === true }, ...rest.slice(to)];
  }
  return { rest, files };
}

describe("a well-formed .conf file", function () {
  this.timeout(60_000);

  it("reads as what was written, whatever blanks, comments, signs and line ends it has, and however it is spread over files", () => {
    fc.assert(
      fc.property(
        fc.array(block, { maxLength: 8 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.boolean(),
        fc.array(cut, { maxLength: 6 }),
        (blocks, newline, hasMark, cuts) => {
          const { units, expected } = write(blocks);
          const { rest, files } = spread(units, cuts);
          files.set("x.conf", rest.map(({ text }) => text).join("\n"));
          const texts = new Map([...files].map(([name, text]) => [name, text.replaceAll("\n", newline)]));
          const targets = new Map(
            [...files.keys()].map((name): [string, IncludeTarget] => [name, { files: [name], outside: [] }]),
          );
          const own = texts.get("x.conf") ?? "";
          const { conf, diagnostics } = parseConf(hasMark ? `\ufeff${own}` : own, "x.conf", {
            targets,
            texts,
            unread: new Map(),
          });
          assert.deepEqual(diagnostics, []);
          const read = conf.sections.map(({ name, isTemplate, entries }) => ({
            name,
            isTemplate,
            entries: entries.map(({ writtenKey, value: text_ }) => [writtenKey, text_]),
          }));
          assert.deepEqual(read, expected);
          const textAt = ({ file, line: number, column }: Position): string =>
            (texts.get(file) ?? "").split(newline)[number - 1]?.slice(column - 1) ?? "";
          for (const { at } of conf.sections) assert.ok(textAt(at).startsWith("["));
          for (const { at, writtenKey } of conf.sections.flatMap(({ entries }) => entries))
            assert.ok(textAt(at).startsWith(writtenKey));
        },
      ),
      { numRuns: RUNS },
    );
  });
});
