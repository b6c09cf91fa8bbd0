import assert from "node:assert/strict";
import { COMPARED_MAX, ENTRIES_MAX, FINDINGS_MAX, ReadingBudget } from "#asterisk/conf/conf-limits";
import { NO_INCLUDES } from "#asterisk/conf/conf-includes";
import { parseConf, type ConfReading } from "#asterisk/conf/parse-conf";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { SITE_FILES } from "#asterisk/site-files";
import { SeededRandom } from "#test/support/seeded-random";
import { linesOf } from "../conf-of.ts";

function read(text: string, budget = new ReadingBudget()): ConfReading {
  return parseConf(text, "x.conf", NO_INCLUDES, budget);
}

function entriesOf({ conf }: ConfReading): number {
  return conf.sections.reduce((sum, { entries }) => sum + entries.length, 0);
}

describe("files that mean no good", function () {
  this.timeout(60_000);

  it("of random bytes are read to their end, with a bounded number of findings", () => {
    const random = new SeededRandom(7);
    const bytes = Buffer.from(random.bytes(1_000_000));
    const { diagnostics } = read(bytes.toString("latin1"));
    assert.ok(diagnostics.length > 0 && diagnostics.length <= FINDINGS_MAX + 2);
  });

  it("of nothing but line ends are empty files", () => {
    for (const newline of ["\n", "\r", "\r\n", "\n\r"]) {
      const reading = read(newline.repeat(1_000_000));
      assert.deepEqual([reading.conf.sections, reading.diagnostics], [[], []]);
    }
  });

  it("are told of as often as anybody can read, over all files of a site", () => {
    const nonsense = "x\n".repeat(FINDINGS_MAX);
    const { diagnostics } = readAsteriskSite(Object.fromEntries(SITE_FILES.map((file) => [file, nonsense])));
    assert.equal(diagnostics.length, FINDINGS_MAX + 1);
    const last = diagnostics.filter(({ code }) => code === "CONF-W13");
    assert.deepEqual(linesOf({ diagnostics: last }), [
      "sla.conf:1:1 CONF-W13 more than 200000 findings: later ones are not listed",
    ]);
  });

  it("hold a million entries at most, over all files of a site", () => {
    const budget = new ReadingBudget();
    const text = `[a]\n${"k=v\n".repeat(400_000)}`;
    assert.deepEqual(
      [1, 2, 3, 4].map(() => read(text, budget).rejected),
      [false, false, true, true],
    );
    assert.ok(budget.entries <= ENTRIES_MAX + 2);
  });

  it("hold a million entries at most by templates: of templates, of themselves, a chain of them", () => {
    const cases = [
      `[t](!)\n${"k=v\n".repeat(1000)}${Array.from({ length: 1000 }, (_, at) => `[s${at}](t)\n`).join("")}`,
      `[t]\nk=v\n${"[t](+,t)\n".repeat(40)}`,
      `[t0](!)\nk=v\n${Array.from({ length: 5000 }, (_, at) => `[t${at + 1}](!,t${at})\nk=v\n`).join("")}`,
    ];
    for (const text of cases) {
      const budget = new ReadingBudget();
      const reading = read(text, budget);
      assert.match(linesOf(reading).join(), /^x\.conf:\d+:1 CONF-E01 more than 1000000 lines, those of templates counted/);
      assert.equal(entriesOf(reading), 0);
    }
  });

  it("inherit from nothing that is not above, so that no circle comes about", () => {
    const circle = Array.from({ length: 10_000 }, (_, at) => `[t${at}](!,t${(at + 1) % 10_000})\n`).join("");
    assert.match(linesOf(read(circle)).join(), /^x\.conf:1:1 CONF-E01 template "t1" is not defined above/);
  });

  it("compare a bounded number of sections to find the one that is continued", () => {
    const many = (line: string): string => line.repeat(50_000);
    const cases = [
      `${many("[a]\nk=v\n")}${many("[a](+k=w)\n")}`,
      `${many("[a](!)\n")}${many("[a](+)\n")}`,
      `${many("[a]\n")}${many("[a](+TEMPLATES=restrict)\n")}`,
      `[a]\n${many("k=v\n")}${many("[a](+k=v)\n")}`,
    ];
    for (const text of cases) {
      const budget = new ReadingBudget();
      const reading = read(text, budget);
      assert.equal(reading.rejected, true);
      assert.ok(budget.compared <= COMPARED_MAX + 50_001, `${budget.compared}`);
    }
  });

  it("leave a block comment open: everything below is ignored, and that is said once", () => {
    assert.deepEqual(linesOf(read(`[a]\n${";--\n".repeat(100_000)}#include x\nk=v`)), [
      "x.conf:2:1 CONF-W02 block comment is never closed: everything below is ignored, end it with --;",
    ]);
  });
});
