import assert from "node:assert/strict";
import { includedPaths, type IncludeSources, type IncludeTarget } from "#asterisk/conf/conf-includes";
import { ReadingBudget } from "#asterisk/conf/conf-limits";
import { parseConf, type ConfReading } from "#asterisk/conf/parse-conf";
import { linesOf, sectionsOf } from "../conf-of.ts";

/** Files that are found under their own names, and what some patterns stand for. */
function sourcesOf(files: Readonly<Record<string, string>>, patterns: Readonly<Record<string, string[]>> = {}): IncludeSources {
  const targets = new Map<string, IncludeTarget>();
  for (const name of Object.keys(files)) targets.set(name, { files: [name], outside: [] });
  for (const [path, names] of Object.entries(patterns)) targets.set(path, { files: names, outside: [] });
  return { targets, texts: new Map(Object.entries(files)), unread: new Map() };
}

function read(sources: IncludeSources, ...lines: string[]): ConfReading {
  return parseConf(lines.join("\n"), "x.conf", sources);
}

describe("#include", () => {
  it('reads the file where it stands, named plainly, in "" or in <>', () => {
    const sources = sourcesOf({ "a.conf": "k=1\n[b]\nk=2", "my file": "[c]" });
    const reading = read(sources, "[a]", "#include a.conf", '#INCLUDE "a.conf" ; again', "  #tryinclude <my file>");
    assert.deepEqual(sectionsOf(reading), ["[a] k=1", "[b] k=2 k=1", "[b] k=2", "[c]"]);
    assert.deepEqual(linesOf(reading), []);
  });

  it("goes on in the section where the include stands, as Asterisk does", () => {
    const sources = sourcesOf({ "a.conf": "[b]\nin=b" });
    assert.deepEqual(sectionsOf(read(sources, "[a]", "#include a.conf", "in=a")), ["[a] in=a", "[b] in=b"]);
    assert.match(linesOf(read(sources, "#include a.conf", "k=v")).join(), /^x\.conf:2:1 CONF-E01 key before any section/);
  });

  it("gives every token the place where it stands, in its own file", () => {
    const sources = sourcesOf({ "d/a.conf": "\n nonsense\n k = v\n;-- open" });
    const reading = read(sources, "[a]", "#include d/a.conf", "rest = 1");
    const [inside, after] = reading.conf.sections[0]?.entries ?? [];
    assert.deepEqual(inside?.valueAt, { file: "d/a.conf", line: 3, column: 6 });
    assert.deepEqual(after?.at, { file: "x.conf", line: 3, column: 1 });
    assert.deepEqual(linesOf(reading), [
      'd/a.conf:2:2 CONF-W06 line ignored: write key = value, or begin a comment with ";"',
      "d/a.conf:4:1 CONF-W02 block comment is never closed: everything below is ignored, end it with --;",
    ]);
  });

  it("knows templates of included files, and the other way round", () => {
    const sources = sourcesOf({ "t.conf": "[t](!)\nk=1", "s.conf": "[s](t,u)" });
    const reading = read(sources, "#include t.conf", "[u](!)", "k=2", "#include s.conf", "[t](+)", "late=1");
    assert.deepEqual(sectionsOf(reading), ["[t]! k=1 late=1", "[u]! k=2", "[s] k=1 k=2"]);
  });

  it("reads the files of a pattern in their order, and does without any", () => {
    const sources = sourcesOf({ "1.conf": "k=1", "2.conf": "k=2" }, { "*.conf": ["1.conf", "2.conf"], "no*": [] });
    const reading = read(sources, "[a]", "#include *.conf", "#include no*", "#tryinclude no*");
    assert.deepEqual(sectionsOf(reading), ["[a] k=1 k=2"]);
    assert.deepEqual(linesOf(reading), [
      'x.conf:3:10 CONF-W12 no file fits "no*": Asterisk would reject the whole file, write #tryinclude',
    ]);
  });

  it("rejects the whole file for a missing one, and says which is near; #tryinclude is silent", () => {
    const targets = new Map([["a.cnf", { files: [], outside: [], nearest: "a.conf" }]]);
    const sources = { ...sourcesOf({}), targets };
    assert.deepEqual(linesOf(read(sources, "[a]", "#tryinclude a.cnf", "#include a.cnf", "x")), [
      'x.conf:3:1 CONF-E01 there is no file "a.cnf" (did you mean "a.conf"?): add it, or write #tryinclude (the whole file is rejected)',
    ]);
  });

  it("does not read what lies elsewhere, and names the flag that allows it", () => {
    const targets = new Map([["/x/a.conf", { files: [], outside: ["/x/a.conf"] }]]);
    assert.deepEqual(linesOf(read({ ...sourcesOf({}), targets }, "[a]", "#include /x/a.conf", "k=v")), [
      'x.conf:2:10 CONF-E03 "/x/a.conf" lies outside of the site\'s folder and is not read: start with --allow-include DIR, or copy it into the folder',
    ]);
  });

  it("says why a file cannot be read", () => {
    const targets = new Map([["a", { files: ["a"], outside: [] }]]);
    const sources = { targets, texts: new Map(), unread: new Map([["a", "permission denied"]]) };
    assert.match(linesOf(read(sources, "[a]", "#include a")).join(), /2:1 CONF-E01 "a" cannot be read: permission denied \(the/);
    assert.match(linesOf(read(sources, "#tryinclude a")).join(), /CONF-W04 #tryinclude is not followed: "a" cannot be read/);
  });

  it("finds a circle of files and names its chain", () => {
    const sources = sourcesOf({ "a.conf": "#include b.conf", "b.conf": "#include a.conf" });
    assert.deepEqual(linesOf(read(sources, "[s]", "#include a.conf")), [
      "b.conf:1:1 CONF-E01 the files include each other: a.conf > b.conf > a.conf (the whole file is rejected)",
    ]);
    const own = { ...sourcesOf({}), targets: new Map([["x.conf", { files: ["x.conf"], outside: [] }]]) };
    assert.match(linesOf(read(own, "#tryinclude x.conf")).join(), /CONF-W04 .*include each other: x\.conf > x\.conf/);
  });

  it("reads files 10 deep and no deeper", () => {
    const chain = (length: number): ConfReading => {
      const files = Array.from({ length }, (_, at) => [`${at}`, at + 1 < length ? `#include ${at + 1}` : "[deep]"]);
      return read(sourcesOf(Object.fromEntries(files)), "#include 0");
    };
    assert.deepEqual(sectionsOf(chain(10)), ["[deep]"]);
    assert.match(linesOf(chain(11)).join(), /^9:1:1 CONF-E01 "10" is included 11 files deep: at most 10 are read/);
  });

  it("ends files that include files that multiply, after 1000 of them", () => {
    const level = (at: number): string => (at === 9 ? "[a]\nk=v\n" : `#include ${at + 1}\n`.repeat(10));
    const sources = sourcesOf(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}`, level(at)])));
    const budget = new ReadingBudget();
    const reading = parseConf("#include 0", "x.conf", sources, budget);
    assert.match(linesOf(reading).join(), /CONF-E01 more than 1000 files are included, each counted every time/);
    assert.equal(budget.includedFiles, 1001);
  });

  it("counts the characters of a file every time it is read, over all files of a site", () => {
    const sources = sourcesOf({ big: `[a]\n${`;${"x".repeat(8000)}\n`.repeat(1000)}` });
    const budget = new ReadingBudget();
    const first = parseConf("#include big\n".repeat(5), "x.conf", sources, budget);
    const second = parseConf("#include big\n".repeat(5), "y.conf", sources, budget);
    assert.deepEqual([first.rejected, second.rejected], [false, true]);
    assert.match(linesOf(second).join(), /^big:1:1 CONF-E01 more than 67108864 characters, included files counted every time/);
    assert.ok(budget.characters < 80_000_000);
  });

  it("names each circle, section and template but never runs #exec, in included files too", () => {
    assert.deepEqual(linesOf(read(sourcesOf({ a: "#exec /bin/date" }), "#include a")), [
      "a:1:1 SLA-W21 #exec is never run: put its output into the file",
    ]);
    assert.deepEqual(linesOf(read(sourcesOf({}), "#include", "#includes x")), [
      "x.conf:1:9 CONF-W04 #include without a file's name is ignored: write #include file.conf",
      'x.conf:2:1 CONF-W05 #includes is not known and ignored: begin a comment with ";"',
    ]);
  });
});

describe("the paths that a file includes", () => {
  it("are those of its lines, each once, not those of comments or of values", () => {
    const text =
      '#include a\n  #TryInclude "b c"\n;#include no\n;-- x\n#include no --; #include d\n#include a\nk=#include no\n#include\u00a0e\n#exec no';
    assert.deepEqual(includedPaths(text), ["a", "b c", "d", "e"]);
    assert.deepEqual(includedPaths(`#include ${"x".repeat(9000)}\n[a]`), []);
  });
});
