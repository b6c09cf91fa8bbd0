import assert from "node:assert/strict";
import fc from "fast-check";
import { exportSite } from "#asterisk/export/export-site";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { formatDiagnostic, severityOf } from "#domain/site/diagnostic";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { siteDifferences } from "#domain/site/site-differences";
import { EMPTY_SITE, type Site, type SiteReading } from "#domain/site/site";
import { writtenSite } from "#domain/site/written-site";
import { importSite } from "#site-yaml/import-site";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { anySite } from "#test/property/site-yaml/any-site";

const RUNS = 100;

function readBack(site: Site): { readonly reading: SiteReading; readonly said: readonly string[]; readonly texts: string } {
  const { texts, diagnostics } = exportSite(site);
  const read = readAsteriskSite(Object.fromEntries(texts));
  const reading = { ...read, site: withGeneratedEntries(read.site) };
  return { reading, said: diagnostics.map(({ message }) => message), texts: [...texts.values()].join("\n") };
}

describe("a site exported to Asterisk's files", function () {
  this.timeout(120_000);

  it("reads as the same site, but for what is named as left out", () => {
    fc.assert(
      fc.property(anySite, (site) => {
        const { reading, said, texts } = readBack(site);
        assert.equal(reading.unusable, undefined, texts);
        for (const { object, field } of siteDifferences(site, reading.site)) {
          const isSaid = said.some(
            (message) => message.includes(object.slice(0, 20)) || message.includes(`of ${object.slice(0, 20)}`),
          );
          assert.ok(isSaid, `${object} ${field ?? ""} is not named: ${said.join("\n")}\n${texts}`);
        }
        // Nothing is there that nobody wrote.
        const added = siteDifferences(writtenSite(reading.site), site).filter(({ field }) => field === undefined);
        const ofHints = new Set(site.hints.map(({ context }) => `context ${context}`));
        assert.deepEqual(
          added.filter(({ object }) => !object.startsWith("phone ") && !ofHints.has(object)),
          [],
          texts,
        );
      }),
      { numRuns: RUNS },
    );
  });

  it("loses no tones to a realm that cannot be said (seed -362289378)", () => {
    const zone = { name: "us", description: "~", ringCadence: [], tones: [] };
    const { reading } = readBack({ ...EMPTY_SITE, realm: " x ", indications: { country: "us", zones: [zone] } });
    assert.deepEqual(reading.site.indications?.zones, [zone]);
  });

  it("loses trunks, stations, hints and accounts' passwords of plain names to nothing", () => {
    fc.assert(
      fc.property(anySite, (site) => {
        const { texts } = exportSite(site);
        const { site: read } = readAsteriskSite(Object.fromEntries(texts));
        assert.deepEqual(read.settings.attemptCallerId, site.settings.attemptCallerId);
        const plain = (name: string): boolean => /^[A-Za-z0-9]{1,20}$/.test(name) && name.toLowerCase() !== "general";
        const names = (
          list: readonly { readonly name: string; readonly autocontext?: string; readonly device: string }[],
        ): string[] => list.flatMap(({ name, autocontext = "x" }) => (plain(name) && plain(autocontext) ? [name] : []));
        assert.deepEqual(names(read.trunks), names(site.trunks));
        assert.deepEqual(
          read.stations.map(({ name }) => name),
          site.stations.map(({ name }) => name),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it("imports as a site.yaml that is the same site", () => {
    fc.assert(
      fc.property(anySite, (site) => {
        const { reading, texts } = readBack(site);
        const { text, diagnostics } = importSite(reading);
        const lost = diagnostics.filter(({ code }) => code === "YAML-E20" || code === "YAML-W20");
        const again = readYamlSite(text, "site.yaml");
        assert.equal(again.unusable, undefined);
        const named = lost.map(formatDiagnostic).join("\n");
        for (const { object } of siteDifferences(writtenSite(reading.site), writtenSite(again.site)))
          assert.ok(named.includes(object.slice(0, 20)), `${object}\n${named}\n${texts}\n${text}`);
      }),
      { numRuns: RUNS },
    );
  });

  it("never throws on a site that no file could have said, and lets no name become a line", () => {
    const evil = fc.oneof(
      fc.constantFrom(
        "a\n[evil]\ntype=trunk\ndevice=SIP/evil",
        "x](!)",
        "general",
        "a;b",
        ";--",
        "a;--b",
        "#include x",
        "\\",
        "a\\;b",
        "\u00a0",
        "",
        "=>",
        "]",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(evil, evil, evil, anySite, (name, device, secret, site) => {
        const trunk = { name, device, ringtimeout: 0, barge: true, hold: "open" as const, origin: "site.yaml:1" };
        const account = { name, secret, context: device, subscribeContext: device, origin: "site.yaml:2" };
        const hint = { extension: name, context: secret, devices: [device], origin: "site.yaml:3" };
        const hostile = { ...site, trunks: [trunk], stations: [], accounts: [account], phones: [], hints: [hint] };
        const { texts, diagnostics } = exportSite(hostile);
        const { site: read, unusable } = readAsteriskSite(Object.fromEntries(texts));
        assert.equal(unusable, undefined);
        assert.ok(read.trunks.every((item) => item.name === name && item.device === device));
        assert.ok(read.accounts.every((item) => item.name === name && item.secret === (secret === "" ? undefined : secret)));
        assert.ok(read.hints.every((item) => item.extension === name && item.devices.join() === device));
        if (read.trunks.length === 0) assert.ok(diagnostics.some((item) => severityOf(item) === "E"));
        for (const { message } of diagnostics) assert.doesNotMatch(message, /\p{Cc}/u);
      }),
      { numRuns: RUNS },
    );
  });
});
