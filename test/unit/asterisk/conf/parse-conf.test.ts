import assert from "node:assert/strict";
import { parseConf } from "#asterisk/conf/parse-conf";
import { quickly as withinTime } from "#test/unit/domain/site/cpu-time";
import { linesOf, sectionsOf } from "../conf-of.ts";

function read(...lines: string[]): ReturnType<typeof parseConf> {
  return parseConf(lines.join("\n"), "x.conf");
}

describe("parseConf", () => {
  it("reads sections, = and =>, blanks around and within", () => {
    const reading = read("[a]", " key = some value ", "Key=>x=y", "\tempty =", "[ b ] rest ; comment", "exten => s,1,NoOp(a=b)");
    assert.deepEqual(sectionsOf(reading), ["[a] key=some value Key=x=y empty=", "[b] exten=s,1,NoOp(a=b)"]);
    assert.deepEqual(linesOf(reading), []);
    assert.equal(reading.conf.sections[0]?.entries[1]?.key, "key");
  });

  it("knows where keys and values stand, behind comments too", () => {
    const [, entry] = read("[a]", "x = 1", "  ;-- a --; key  =>  value").conf.sections[0]?.entries ?? [];
    assert.deepEqual(entry?.at, { file: "x.conf", line: 3, column: 13 });
    assert.deepEqual(entry.valueAt, { file: "x.conf", line: 3, column: 22 });
  });

  it("reads CRLF, CR and LF, a byte-order mark, and no last newline alike", () => {
    for (const newline of ["\n", "\r\n", "\r"])
      assert.deepEqual(sectionsOf(parseConf(`\ufeff[a]${newline}k=v${newline}${newline}l=w`, "x")), ["[a] k=v l=w"]);
    assert.deepEqual(parseConf("", "x"), { conf: { sections: [] }, diagnostics: [], rejected: false });
  });

  it("copies templates first, as they are at the header line, from several and from ordinary sections", () => {
    const reading = read("[t](!)", "a=1", "[u](!, t)", "b=2", "[s](t,u)", "a=3", "[t](+)", "late=1", "[v](S)", "[w]");
    assert.deepEqual(sectionsOf(reading), [
      "[t]! a=1 late=1",
      "[u]! a=1 b=2",
      "[s] a=1 a=1 b=2 a=3",
      "[v] a=1 a=1 b=2 a=3",
      "[w]",
    ]);
    assert.deepEqual(linesOf(reading), []);
  });

  it("continues the first section of a name, which keeps its place", () => {
    const reading = read("[a]", "x=1", "[b]", "y=1", "[a](+)", "x=2");
    assert.deepEqual(sectionsOf(reading), ["[a] x=1 x=2", "[b] y=1"]);
  });

  it("continues the section that a filter picks, and adds what it inherits there", () => {
    const several = ["[a](!)", "n=0", "[a]", "n=1", "[a]", "n=2", "[t](!)", "x=1"];
    const cases: [string, string[]][] = [
      ["[a](+)", ["[a]! n=0", "[a] n=1 k=v", "[a] n=2"]],
      ["[a](+TEMPLATES=restrict)", ["[a]! n=0 k=v", "[a] n=1", "[a] n=2"]],
      ["[a](+TEMPLATES=include)", ["[a]! n=0 k=v", "[a] n=1", "[a] n=2"]],
      ["[a](+n=2)", ["[a]! n=0", "[a] n=1", "[a] n=2 k=v"]],
      ["[A](+N=^[x]?2$)", ["[a]! n=0", "[a] n=1 k=v", "[a] n=2"]],
      ["[a](+n=^.$, t)", ["[a]! n=0", "[a] n=1 x=1 k=v", "[a] n=2"]],
      ["[a](!,+)", ["[a]! n=0", "[a]! n=1 k=v", "[a] n=2"]],
    ];
    for (const [header, sections] of cases)
      assert.deepEqual(sectionsOf(read(...several, header, "k=v")), [...sections, "[t]! x=1"], header);
    assert.deepEqual(linesOf(read("[a]", "[a](+n=x*)")), [
      'x.conf:2:1 CONF-W09 "+n=…" is read as (+): the first section [a] is continued, write key=text without signs that repeat',
    ]);
    assert.match(linesOf(read("[a]", "n=1", "[a](+n=2)")).join(), /3:1 CONF-E01 \[a\]\(\+\) continues a section that is not/);
  });

  it("takes the character behind a leading backslash into the key, whatever it is", () => {
    assert.deepEqual(sectionsOf(read("[a]", "\\=x = 1", "\\+= 2", "\\+x += 3")), ["[a] =x=1 +=2 +x=3"]);
    assert.match(linesOf(read("[a]", "\\ x = 1")).join(), /2:1 CONF-E01 backslash before nothing/);
  });

  it("appends with += to the last value of the exact key, inherited or own", () => {
    const reading = read("[t](!)", "a=1", "[s](t)", "a+=2", "A += 3", "a+=4", "b+=5", "b+=6");
    assert.deepEqual(sectionsOf(reading)[1], "[s] a=124 A=3 b=56");
    assert.deepEqual(sectionsOf(reading)[0], "[t]! a=1");
    // Asterisk keeps the blanks between, and knows no arrow here.
    assert.deepEqual(sectionsOf(read("[a]", "k =", "k +=  1", "k +=\t 2 ", "k +=> 3")), ["[a] k=1\t 2> 3"]);
  });

  it("takes a leading backslash off a key", () => {
    assert.deepEqual(sectionsOf(read("[a]", "\\[x] = 1", "\\#y = 2")), ["[a] [x]=1 #y=2"]);
  });

  it("rejects the file for what leaves the rest without meaning, and says so once", () => {
    const cases: [string[], string][] = [
      [["[a"], '1:1 CONF-E01 section header without "]": write [name]'],
      [["[a](b"], '1:4 CONF-E01 template list without ")"'],
      [["k = v"], "1:1 CONF-E01 key before any section: put a [section] line above"],
      [["[station](!)", "[b](statoin)"], '2:1 CONF-E01 template "statoin" is not defined above (did you mean "station"?)'],
      [["[a](a)"], '1:1 CONF-E01 template "a" is not defined above'],
      [["[a](!,b)", "[b](!,a)"], '1:1 CONF-E01 template "b" is not defined above'],
      [["[a]", "[b](+)"], '2:1 CONF-E01 [b](+) continues a section that is not defined above (did you mean "a"?)'],
    ];
    for (const [lines, said] of cases) {
      const reading = read(...lines, "[", "[");
      assert.deepEqual(linesOf(reading), [`x.conf:${said} (the whole file is rejected)`]);
      assert.deepEqual([reading.rejected, reading.conf], [true, { sections: [] }]);
    }
  });

  it("names what it does not understand and reads on", () => {
    const long = "n".repeat(80);
    const reading = read(
      "[a]",
      "no sense",
      "= value",
      "#tryinclude other.conf",
      "#exec date",
      "#region",
      "[b] (a)",
      "[]",
      "lost = 1",
      `[${long}]`,
      "k = v",
      ";-- open",
    );
    assert.deepEqual(linesOf(reading), [
      'x.conf:2:1 CONF-W06 line ignored: write key = value, or begin a comment with ";"',
      'x.conf:3:1 CONF-W06 line ignored: write key = value, or begin a comment with ";"',
      'x.conf:4:13 CONF-W04 #tryinclude is not followed: "other.conf" was not looked for: it is too long, or there are too many #include lines',
      "x.conf:5:1 SLA-W21 #exec is never run: put its output into the file",
      'x.conf:6:1 CONF-W05 #region is not known and ignored: begin a comment with ";"',
      'x.conf:7:4 CONF-W03 blank before "(": the template list is ignored, write [b](…)',
      "x.conf:8:1 CONF-E02 section without a name: it is left out with its lines, write [name]",
      "x.conf:10:1 CONF-W07 section name of 80 characters: the first 79 are used, write a shorter one",
      "x.conf:12:1 CONF-W02 block comment is never closed: everything below is ignored, end it with --;",
    ]);
    assert.deepEqual(sectionsOf(reading), ["[a]", "[b]", `[${"n".repeat(79)}] k=v`]);
    assert.equal(reading.rejected, false);
  });

  it("reads no-break and other odd blanks as blanks, keeps signs of print, and names each once a line", () => {
    const reading = read(
      "[a]",
      "exten =>\u00a0x\u00a0,\u2003y",
      "label = \u201cTop\u201d \u2013 1",
      "z = a\u0000b\u0007",
      "ok = ü ; \u00a0",
    );
    assert.deepEqual(sectionsOf(reading), ["[a] exten=x , y label=\u201cTop\u201d \u2013 1 z=a b ok=ü"]);
    assert.deepEqual(linesOf(reading), [
      "x.conf:2:9 SLA-W20 blank U+00A0 read as an ordinary blank: type a blank instead, Asterisk takes this one for a letter",
      'x.conf:3:15 SLA-W20 U+2013 is kept, but it is a sign of a printed page: type "-" if that is meant',
      "x.conf:3:9 SLA-W20 U+201C is kept, but it is a sign of a printed page: type '\"' if that is meant",
      "x.conf:4:6 CONF-W08 control character U+0000 read as a blank: remove it",
    ]);
  });
});

describe("parseConf, on files that nobody writes", function () {
  this.timeout(60_000);

  function quickly(text: string): ReturnType<typeof parseConf> {
    return withinTime(() => parseConf(text, "x.conf"));
  }

  it("skips a line of more than 8190 characters, comment or not", () => {
    assert.deepEqual(linesOf(quickly(`[a]\nk=${"x".repeat(8189)}\nl=1`)), [
      "x.conf:2:1 CONF-W01 line of 8191 characters skipped: write at most 8190",
    ]);
    assert.deepEqual(linesOf(quickly(`[a]\nk=${"x".repeat(8188)}`)), []);
    assert.equal(linesOf(quickly(`;${"\u00a0".repeat(1_000_000)}\n[a]`)).length, 1);
  });

  it("reads 10 MB, 100,000 sections, and 100,000 lines of one kind in time", () => {
    const many = (line: (index: number) => string, count = 100_000): string =>
      Array.from({ length: count }, (_, at) => line(at)).join("\n");
    assert.equal(
      quickly(many((at) => `[s${at}]\nkey = value ; and some words of comment that make it long\nother = value`)).conf.sections
        .length,
      100_000,
    );
    assert.equal(quickly("[a]\n" + "k = v\n".repeat(1_700_000)).rejected, true);
    assert.equal(quickly(`[t](!)\nk=v\n${many((at) => `[s${at}](t)\nl=w`)}`).conf.sections.length, 100_001);
    assert.equal(quickly(`[t]\n${many(() => "[t](+)\nk+=v")}`).conf.sections.length, 1);
    assert.equal(quickly(`[a]\n${many((at) => `k${at}+=v`)}\n${many(() => "k0+=v")}`).rejected, false);
    assert.equal(quickly(many(() => ";--")).diagnostics.length, 1);
    assert.equal(quickly(`[a]\n${many(() => "\u00a0nonsense")}`).diagnostics.length, 200_000);
    assert.equal(quickly("[".repeat(10_000_000)).rejected, false);
  });

  it("rejects templates that multiply", () => {
    const bomb = ["[t0](!)", "k=v", ...Array.from({ length: 40 }, (_, at) => `[t${at + 1}](!,t${at},t${at})`)].join("\n");
    assert.match(
      linesOf(quickly(bomb)).join(),
      /CONF-E01 more than 1000000 lines, those of templates counted: inherit from fewer/,
    );
    const one = `[t](!)\n${"k=v\n".repeat(200_000)}[s](t)`;
    assert.equal(quickly(one).conf.sections[1]?.entries.length, 200_000);
  });

  it("gathers no value longer than a line may be", () => {
    const reading = quickly(`[a]\n${"k+=0123456789\n".repeat(900)}`);
    assert.equal(reading.conf.sections[0]?.entries[0]?.value.length, 8190);
    assert.match(linesOf(reading)[0] ?? "", /^x\.conf:821:4 CONF-W10 not appended: k would get longer/);
  });
});
