import assert from "node:assert/strict";
import { checkLists, LIST_MEMBERS_MAX, WatchLists } from "#domain/site/watch-lists";
import type { Site } from "#domain/site/site";
import { readYamlSite } from "#site-yaml/read-yaml-site";

const MAC = "0000ffff0005";
/** Of the processor, however busy the machine is. */
const NO_TIME_MS = 500;

function siteOf(lists: string): Site {
  const text = `lines: [T1, T2]
phones: { ${MAC}: { label: Desk } }
hints: { "100": SIP/a, "101": SIP/b, "102": SIP/c }
lists:
${lists}`;
  const { site, diagnostics } = readYamlSite(text, "site.yaml");
  const serious = diagnostics.filter(({ code }) => code.startsWith("YAML-E"));
  assert.deepEqual(serious, []);
  return site;
}

const membersOf = (site: Site, name: string): string[] | undefined =>
  new WatchLists(site).members(name)?.map(({ extension }) => extension);
const findings = (site: Site): string[] => checkLists(site).map(({ line, code, message }) => `${line} ${code} ${message}`);

describe("lists of a site (L-8)", () => {
  it("hold extensions and other lists, each extension once, in the order written", () => {
    const site = siteOf(`  desks: ["101", { extension: "100", label: Anna }]
  all: ["102", { list: desks }, "101"]`);
    assert.deepEqual(membersOf(site, "all"), ["102", "101", "100"]);
    assert.deepEqual(new WatchLists(site).members("desks"), [{ extension: "101" }, { extension: "100", label: "Anna" }]);
    assert.deepEqual(findings(site), []);
    assert.equal(membersOf(site, "none"), undefined);
  });

  it("hold the keys of every phone under keys-<mac>, in their order", () => {
    const site = siteOf("");
    assert.deepEqual(new WatchLists(site).members(`keys-${MAC}`), [
      { extension: `L1-${MAC}_T1`, label: "L1" },
      { extension: `L2-${MAC}_T2`, label: "L2" },
    ]);
    assert.equal(new WatchLists(site).phoneOf(`keys-${MAC}`)?.mac, MAC);
  });

  it("may be three deep, not four, and never in themselves (YAML-E15)", () => {
    const site = siteOf(`  a: ["100", { list: b }]
  b: ["101", { list: c }]
  c: ["102"]
  top: [{ list: a }, "100"]
  self: ["100", { list: other }]
  other: ["101", { list: self }]
  lost: ["100", { list: nowhere }]`);
    assert.deepEqual(membersOf(site, "a"), ["100", "101", "102"]);
    assert.deepEqual(membersOf(site, "top"), ["100", "101"]);
    assert.deepEqual(membersOf(site, "self"), ["100", "101"]);
    assert.deepEqual(findings(site), [
      "8 YAML-E15 list top holds lists more than 3 deep: c is left out",
      "9 YAML-E15 list self holds itself, by way of other, self: that is left out",
      "10 YAML-E15 list other holds itself, by way of self, other: that is left out",
      "11 YAML-E15 list lost holds list nowhere, which is not defined: it is left out",
    ]);
  });

  it(`hold ${LIST_MEMBERS_MAX} extensions and not one more`, () => {
    const many = (from: number, count: number): string =>
      `[${Array.from({ length: count }, (_, at) => `"${from + at}"`).join(", ")}]`;
    const site = siteOf(`  one: ${many(1000, 300)}
  two: ${many(1300, 200)}
  both: [{ list: one }, { list: two }]
  more: [{ list: one }, { list: two }, "9999"]`);
    assert.equal(membersOf(site, "both")?.length, 500);
    assert.equal(membersOf(site, "more")?.length, 500);
    assert.deepEqual(
      findings(site).filter((text) => text.includes("E15")),
      ["8 YAML-E15 list more holds more than 500 extensions: the first are used"],
    );
  });

  it("are counted out in no time, however often lists stand in lists (L-8)", () => {
    const often = (name: string): string => `[${Array.from({ length: 500 }, () => `{ list: ${name} }`).join(", ")}]`;
    const numbers = `[${Array.from({ length: 500 }, (_, at) => `"${1000 + at}"`).join(", ")}]`;
    const site = siteOf(`  a: ${often("b")}\n  b: ${often("c")}\n  c: ${numbers}`);
    const begin = process.cpuUsage();
    const [members, found] = [membersOf(site, "a"), findings(site)];
    const { user, system } = process.cpuUsage(begin);
    assert.equal(members?.length, 500);
    assert.deepEqual(
      found.filter((text) => text.includes("E15")),
      [],
    );
    assert.ok((user + system) / 1000 < NO_TIME_MS, `${(user + system) / 1000} ms`);
  });

  it("name extensions without a hint (YAML-W08)", () => {
    assert.deepEqual(findings(siteOf('  x: ["100", "555", "556"]')), [
      "5 YAML-W08 list x names 555, 556 without a hint: nothing lights that lamp",
    ]);
  });

  it("have names that can stand in an address, and not that of a phone's keys (YAML-E15)", () => {
    for (const name of ["a b", "keys-1", "a@b", '"@"', "-x"]) {
      const { site, diagnostics } = readYamlSite(`lists: { ${name}: ["100"] }`, "site.yaml");
      assert.deepEqual([site.lists.length, diagnostics[0]?.code], [0, "YAML-E15"], name);
    }
    const { diagnostics } = readYamlSite('lists: { x: [{ extension: "1", list: y }, {}] }', "site.yaml");
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["YAML-E15", "YAML-E15"],
    );
  });
});
