import assert from "node:assert/strict";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { DEFAULT_SETTINGS } from "#domain/site/settings";
import { EMPTY_SITE, type SiteReading } from "#domain/site/site";
import { readYamlSite } from "#site-yaml/read-yaml-site";

function read(...lines: string[]): SiteReading {
  return readYamlSite(lines.join("\n"), "site.yaml");
}

function linesOf({ diagnostics }: SiteReading): string[] {
  return diagnostics.map(formatDiagnostic);
}

function keysOf({ site }: SiteReading): string[] {
  return site.stations.flatMap(({ name, keys }) =>
    keys.map(({ trunk, label }) => `${name}_${trunk}${label === undefined ? "" : ` ${label}`}`),
  );
}

describe("readYamlSite", () => {
  it("makes accounts, phones, stations and hints of lines and phones", () => {
    const reading = read(
      "context: LocalSets",
      "realm: office",
      "lines:",
      "  T1: { device: Local/1@out, ringtimeout: 20, barge: no, hold: private }",
      "  T2:",
      "phones:",
      '  00:00:FF:FF:00:05: { label: "Top <1>", model: VVX_400, secret: 007, callerid: Top }',
      'hints: { "100": [SIP/a, SIP/b], 101: SIP/a }',
    );
    assert.deepEqual(linesOf(reading), []);
    const key = (trunk: string): unknown => ({ trunk, ringdelay: 0, ringtimeout: 0 });
    const common = { autocontext: "LocalSets", ringdelay: 0, ringtimeout: 0, hold: "open", origin: "site.yaml:7" };
    const hint = (extension: string, devices: string[], line: number): unknown => ({
      extension,
      context: "LocalSets",
      devices,
      origin: `site.yaml:${line}`,
    });
    assert.deepEqual(reading.site, {
      ...EMPTY_SITE,
      settings: { ...DEFAULT_SETTINGS, attemptCallerId: true },
      realm: "office",
      trunks: [
        { name: "T1", device: "Local/1@out", ringtimeout: 20, barge: false, hold: "private", origin: "site.yaml:4" },
        { name: "T2", device: "Custom/T2", ringtimeout: 0, barge: true, hold: "open", origin: "site.yaml:5" },
      ],
      stations: [
        { name: "L1-0000FFFF0005", device: "SIP/0000FFFF0005", keys: [key("T1")], ...common },
        { name: "L2-0000FFFF0005", device: "SIP/0000FFFF0005", keys: [key("T2")], ...common },
      ],
      accounts: [
        {
          name: "0000FFFF0005",
          secret: "007",
          context: "LocalSets",
          subscribeContext: "LocalSets",
          callerid: "Top",
          origin: "site.yaml:7",
        },
      ],
      phones: [
        {
          mac: "0000ffff0005",
          vendor: "polycom",
          model: "VVX_400",
          label: "Top <1>",
          accounts: ["0000FFFF0005"],
          origin: "site.yaml:7",
        },
      ],
      hints: [
        hint("L1-0000FFFF0005_T1", ["SLA:L1-0000FFFF0005_T1"], 7),
        hint("L2-0000FFFF0005_T2", ["SLA:L2-0000FFFF0005_T2"], 7),
        hint("100", ["SIP/a", "SIP/b"], 8),
        hint("101", ["SIP/a"], 8),
      ],
    });
  });

  it("gives a phone all lines, those it names in its order, or none; a line has one number and label everywhere", () => {
    const reading = read(
      "lines: { A: {label: Shop}, B: , C: }",
      "phones:",
      "  000000000001:",
      "  000000000002: {lines: [c, A, a]}",
      "  000000000003: {lines: B}",
      "  000000000004: {lines: []}",
      "  000000000005: {lines: ~}",
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(keysOf(reading), [
      ...["L1-000000000001_A Shop", "L2-000000000001_B", "L3-000000000001_C"],
      ...["L3-000000000002_C", "L1-000000000002_A Shop"],
      "L2-000000000003_B",
      ...["L1-000000000005_A Shop", "L2-000000000005_B", "L3-000000000005_C"],
    ]);
  });

  it("takes an empty file, empty fields and a list of lines", () => {
    for (const text of ["", "# nothing", "---", "lines:\nphones: ~\nhints: null"]) {
      const { site, diagnostics, unusable } = read(text);
      assert.deepEqual([site.trunks, site.phones, diagnostics, unusable], [[], [], [], undefined]);
    }
    assert.deepEqual(
      read("lines: [A, B]").site.trunks.map(({ name, origin }) => `${name} ${origin}`),
      ["A site.yaml:1", "B site.yaml:1"],
    );
  });

  it("reads what an alias stands for", () => {
    const reading = read(
      "lines: [A, B]",
      "phones:",
      "  000000000001: &desk { label: Desk, lines: &one [B] }",
      "  000000000002: *desk",
      "  000000000003: { lines: *one }",
    );
    assert.deepEqual(linesOf(reading), []);
    assert.deepEqual(keysOf(reading), ["L2-000000000001_B", "L2-000000000002_B", "L2-000000000003_B"]);
    assert.equal(reading.site.phones[1]?.label, "Desk");
  });

  it("names what does not fit, where it stands, and keeps the rest", () => {
    const reading = read(
      "contxt: x",
      "settings: {colour: red}",
      "lines:",
      "  A: { barge: perhaps, hold: both, ringtimeout: 86401, colour: red }",
      "  a: {}",
      '  "x y": {}',
      "  B: Local/1@out",
      "phones:",
      "  reception: {}",
      "  000000000001: { lines: [A, Bb], label: [a], secret: &s }",
      "  00:00:00:00:00:01: {}",
      "  000000000002: [x]",
      "  ? [complex]",
      "  : {}",
      "hints:",
      "  1 X: SIP/a",
      "  L1-000000000001_A: SIP/a",
      "  100: []",
      "  101: {a: b}",
      "  102: SIP/a",
      "  102: SIP/b",
    );
    assert.deepEqual(linesOf(reading), [
      'site.yaml:1:1 YAML-E05 contxt is not a field of the site (did you mean "context"?): known are realm, context, autocontext, settings, compat, limits, dahdi, featureCodes, callCompletion, lines, phones, stations, accounts, extensions, hints, lists, contexts, globals, tones',
      "site.yaml:2:12 YAML-E05 colour is not a field of settings: known are attemptcallerid, emergency, country",
      "site.yaml:4:56 YAML-E05 colour is not a field of a line: known are device, label, did, context, autocontext, ringtimeout, barge, hold, appearances",
      "site.yaml:4:49 YAML-W02 ringtimeout is a number of seconds from 0 to 86400: 0 is used",
      "site.yaml:4:15 YAML-W02 barge is yes or no: yes is used",
      "site.yaml:4:30 YAML-W02 hold is open or private: open is used",
      "site.yaml:5:3 YAML-E04 line a stands twice: the first is used, remove one",
      'site.yaml:6:3 YAML-E04 line "x y" is left out: write 1 to 50 letters, digits, - _ or .',
      'site.yaml:7:6 YAML-E02 a line is written as "name: value" lines',
      "site.yaml:13:5 YAML-E02 a name in phones is one plain word",
      'site.yaml:9:3 YAML-E03 phone "reception" is no MAC address: write 12 hexadecimal digits',
      "site.yaml:10:42 YAML-E02 label is one line of 1 to 255 characters",
      'site.yaml:10:30 YAML-E04 line "Bb" is not defined (did you mean "B"?): add it to lines, or remove it here',
      'site.yaml:11:3 YAML-E06 phone "00:00:00:00:00:01" stands twice: the first is used, remove one',
      'site.yaml:12:17 YAML-E02 a phone is written as "name: value" lines',
      "site.yaml:21:3 YAML-E06 102 stands twice in hints: the first is used, remove one",
      'site.yaml:16:3 YAML-E08 hint "1 X" is left out: write "100": [Tech/resource, …], 1 to 50 devices',
      'site.yaml:17:3 YAML-E08 hint "L1-000000000001_A" is a line key already: remove it: write "100": [Tech/resource, …], 1 to 50 devices',
      'site.yaml:18:3 YAML-E08 hint "100" is left out: write "100": [Tech/resource, …], 1 to 50 devices',
      "site.yaml:19:8 YAML-E02 a device of a hint is one line of 1 to 255 characters",
    ]);
    assert.deepEqual(keysOf(reading), ["L1-000000000001_A", "L1-000000000002_A", "L2-000000000002_B"]);
    assert.deepEqual(
      reading.site.hints.slice(3).map(({ extension, devices }) => `${extension} ${devices.join()}`),
      ["102 SIP/a"],
    );
    assert.equal(reading.unusable, undefined);
  });

  it("rejects what is no YAML, or no map, as a whole", () => {
    const cases: [string, string][] = [
      ["lines: [a", "1:10 YAML-E01 Flow sequence in block collection must be sufficiently indented and end with a ]"],
      ["a: b\n\tc: d", "2:1 YAML-E01 Tabs are not allowed as indentation"],
      ["a: *b", "1:4 YAML-E01 this alias stands for nothing: quote a value that begins with *"],
      ["- a\n- b", "1:1 YAML-E01 write fields like lines: and phones: at the top"],
      ["lines", "1:1 YAML-E01 write fields like lines: and phones: at the top"],
    ];
    for (const [text, said] of cases) {
      const reading = read(text);
      assert.equal(linesOf(reading)[0], `site.yaml:${said} (the whole file is rejected)`);
      assert.equal(reading.unusable, "site.yaml is rejected as a whole: see its YAML-E01");
      assert.deepEqual(reading.site.phones, []);
    }
    assert.match(linesOf(read("a: b", "---", "c: d")).join(), /YAML-E01/);
  });
});
