import assert from "node:assert/strict";
import { formatDiagnostic } from "#domain/site/diagnostic";
import type { SiteReading } from "#domain/site/site";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { quickly as withinTime } from "#test/unit/domain/site/cpu-time";

function quickly(text: string): SiteReading {
  return withinTime(() => readYamlSite(text, "site.yaml"), 10_000);
}

function firstOf({ diagnostics }: SiteReading): string {
  return diagnostics.slice(0, 1).map(formatDiagnostic).join();
}

function many(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join("\n");
}

const mac = (at: number): string => at.toString(16).padStart(12, "0");

describe("readYamlSite, on files that nobody writes", function () {
  this.timeout(60_000);

  it("expands no bomb of anchors", () => {
    const bomb = ["a0: &a0 [x, x]", many(30, (at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`), "lines: *a30"].join("\n");
    const reading = quickly(bomb);
    assert.deepEqual(reading.site.trunks, []);
    const tooMany = `lines: [&l A]\nphones:\n${many(101, (at) => `  ${mac(at)}: {lines: [*l]}`)}`;
    assert.match(firstOf(quickly(tooMany)), /^site\.yaml:103:26 YAML-E01 more than 100 aliases: write the values out/);
    assert.deepEqual(quickly(tooMany.replace(/\n.*$/, "")).diagnostics, []);
  });

  it("bears an alias to what it stands in", () => {
    assert.match(firstOf(quickly("phones: &p\n  000000000001: *p")), /YAML-E05 000000000001 is not a field of a phone/);
    assert.deepEqual(
      quickly("lines: &l [A, *l]").site.trunks.map(({ name }) => name),
      ["A"],
    );
    assert.equal(quickly("&a lines: [*a]").site.trunks[0]?.name, "lines");
  });

  it("takes __proto__ and constructor for words", () => {
    const reading = quickly(
      "__proto__: {context: bad}\nconstructor: {}\nlines: {__proto__: {device: SIP/x}, constructor: }\nphones: {__proto__: {}}",
    );
    assert.deepEqual(
      reading.site.trunks.map(({ name, device }) => `${name} ${device}`),
      ["__proto__ SIP/x", "constructor Custom/constructor"],
    );
    assert.deepEqual(
      reading.diagnostics.map(({ code }) => code),
      ["YAML-E05", "YAML-E05", "YAML-E03"],
    );
    assert.equal(({} as Record<string, unknown>)["context"], undefined);
    assert.equal(Object.getPrototypeOf(reading.site.trunks[0]), Object.prototype);
  });

  it("refuses depth instead of falling over it", () => {
    for (const text of [
      "[".repeat(50_000),
      `a: ${"{a: ".repeat(20_000)}`,
      many(5000, (at) => `${" ".repeat(at)}a:`),
      "- ".repeat(100_000),
    ])
      assert.match(firstOf(quickly(text)), /YAML-E01 .*\(the whole file is rejected\)$/);
  });

  it("reads 20,000 phones, fields or mistakes in time", () => {
    assert.equal(quickly(`lines: [A, B]\nphones:\n${many(20_000, (at) => `  ${mac(at)}:`)}`).site.stations.length, 40_000);
    assert.equal(quickly(many(20_000, (at) => `field${at}: x`)).diagnostics.length, 20_000);
    assert.equal(quickly(`hints:\n${many(20_000, () => "  100: SIP/a")}`).diagnostics.length, 19_999);
    assert.ok(quickly(many(20_000, () => "a: b: c")).diagnostics.length <= 20);
    assert.equal(
      quickly(`lines: [line1]\nphones:\n  000000000001:\n    lines:\n${many(20_000, (at) => `    - lime${at}`)}`).diagnostics
        .length,
      20_000,
    );
    quickly(`lines: ["${"x".repeat(4_000_000)}"]`);
    quickly("\0".repeat(200_000));
    quickly(": ".repeat(100_000));
    quickly("&a ".repeat(100_000));
    quickly('"'.repeat(200_000));
    quickly("a: |\n" + "  x\n".repeat(100_000));
  });

  it("limits how many keys lines times phones may give", () => {
    const reading = quickly(
      `lines: [${many(1000, (at) => `n${at}`).replaceAll("\n", ", ")}]\nphones:\n${many(300, (at) => `  ${mac(at)}:`)}`,
    );
    assert.equal(reading.site.stations.length, 250_000);
    assert.equal(
      firstOf(reading),
      "site.yaml:253:3 YAML-E07 this phone gets no line keys: the site has more than 250000, name the lines of each phone",
    );
    assert.equal(reading.diagnostics.length, 50);
  });

  it("lets nothing into a name or a label that would not stay on one line", () => {
    const reading = quickly(
      'lines:\n  A: {label: "a\\nb", device: "x\\0y"}\n  "B\\n": {}\nphones:\n  000000000001: {label: "<\\"&>", callerid: "a\\r\\nX: y"}',
    );
    assert.deepEqual(
      reading.diagnostics.map(({ code, line }) => `${code} ${line}`),
      ["YAML-E02 2", "YAML-E02 2", "YAML-E04 3", "YAML-E02 5"],
    );
    assert.equal(reading.site.phones[0]?.label, '<"&>');
    for (const { message } of reading.diagnostics) assert.doesNotMatch(message, /\p{Cc}/u);
  });

  it("is read all the same with a tag that nobody knows, which is named (YAML-W01)", () => {
    const { site, diagnostics } = readYamlSite("lines: !odd [T1]\n", "site.yaml");
    assert.deepEqual(
      [site.trunks.map(({ name }) => name), diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)],
      [["T1"], ["1:8 YAML-W01"]],
    );
    assert.match(diagnostics[0]?.message ?? "", /!odd/);
  });
});
