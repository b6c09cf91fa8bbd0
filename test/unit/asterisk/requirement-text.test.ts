import assert from "node:assert/strict";
import { join } from "node:path";
import { readSite } from "#app/site-reading/read-site";
import { packageRoot } from "#base/package-root";
import { readXml } from "#base/xml/read-xml";
import { ContextSearch } from "#domain/dialplan/context-search";
import { phoneKeys } from "#domain/site/phone-keys";
import { configPhone } from "#provisioner/vendors/polycom/config-phone";
import { readPolycomConfig } from "#provisioner/vendors/polycom/read-config";
import { LAYOUTS, layoutOf } from "#test/support/layouts";
import { EXAMPLES, replaced } from "#test/support/requirement-defects";
import { chapterOrSkip, readFiles, type SiteFiles, type Typed } from "#test/support/requirement-texts";

describe("the alternate key system example, read further than its defects", () => {
  let chapter: Typed = { text: "", files: {}, loose: [] };
  let printed: SiteFiles = {};

  before(function () {
    chapter = chapterOrSkip(this, "alternate");
    printed = EXAMPLES.alternate.files(chapter);
  });

  it("gives its trunks, stations, accounts and phones", async () => {
    const { site } = await readFiles(printed);
    assert.deepEqual(layoutOf(site), LAYOUTS.alternate);
    assert.deepEqual(
      site.accounts.map(({ name }) => name),
      ["0000FFFF0005", "0000FFFF0006", "my_itsp"],
    );
    assert.deepEqual(
      site.phones.map(
        (phone) =>
          `${phone.mac} ${phoneKeys(site, phone)
            .map(({ address, label }) => `${label}=${address}`)
            .join(" ")}`,
      ),
      ["0000ffff0005 L1=L1-0000FFFF0005_T1 L2=L2-0000FFFF0005_T2", "0000ffff0006 L1=L1-0000FFFF0006_T1 L2=L2-0000FFFF0006_T2"],
    );
  });

  it("gives the hints of [LocalSets] and its include", async () => {
    const { site } = await readFiles(printed);
    assert.ok(site.hints.every(({ context }) => context === "LocalSets"));
    assert.deepEqual(new ContextSearch(site.dialplan).from("LocalSets"), ["LocalSets", "SLA_Outbound"]);
  });

  it("does not mind no-break blanks after the arrow, where the same text prints them elsewhere", async () => {
    const plain = await readFiles(printed);
    const odd = await readFiles(replaced("extensions.conf", "=> L", "=>\u00a0L")(printed));
    assert.deepEqual(odd.site, plain.site);
    assert.equal(odd.found.length - plain.found.length, 4);
  });

  it("has a file of a phone whose every printed quote and dash is named, and which is XML when repaired (D5, D6; sla.md §8, 10)", () => {
    const xml = chapter.xml ?? "";
    const { diagnostics, repaired, parameters, rejected } = readPolycomConfig(xml, "reg-basic.cfg");
    const signs = xml
      .split("\n")
      .flatMap((line, number) => [...line.matchAll(/[^\p{ASCII}]/gu)].map(({ index }) => `${number + 1}:${index + 1} SLA-W20`));
    assert.equal(signs.length, 44);
    assert.deepEqual(
      diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`),
      signs,
    );
    assert.deepEqual([rejected, readXml(xml).ok, readXml(repaired).ok], [false, false, true]);
    const counts = ["call.", "reg.", "attendant."].map(
      (prefix) => [...parameters.keys()].filter((name) => name.startsWith(prefix)).length,
    );
    assert.deepEqual([parameters.size, counts], [16, [1, 6, 9]]);
    assert.deepEqual(readPolycomConfig(repaired, "reg-basic.cfg").diagnostics, []);
  });

  it("has a phone in it that watches the keys of the site, with a password that everybody knows (D7, D8)", async () => {
    const reading = await readFiles({ ...printed, "0000FFFF0005.cfg": chapter.xml ?? "" });
    const ofPhone = reading.found.filter((found) => found.includes(".cfg") && !found.startsWith("SLA-W20"));
    assert.deepEqual(ofPhone, [
      "CONF-W41 0000FFFF0005.cfg reg.1.auth.password=”welcome”",
      "CONF-I42 0000FFFF0005.cfg reg.1.outboundProxy.address=””>",
    ]);
    const phone = configPhone(readPolycomConfig(chapter.xml ?? "", ""), "0000FFFF0005.cfg");
    const [own] = reading.site.phones;
    assert.equal(phone.mac, own?.mac);
    assert.deepEqual(
      phone.keys.map(({ address, label }) => [address, label]),
      own === undefined ? [] : phoneKeys(reading.site, own).map(({ address, label }) => [address, label]),
    );
    assert.deepEqual(
      phone.registrations.map(({ address, userId, label, secret, lineKeys }) => [address, userId, label, secret, lineKeys]),
      [["0000FFFF0005", "0000FFFF0005", "ATDG5", "welcome", 1]],
    );
  });
});

describe("the analog key system example, read further than its defects", () => {
  let chapter: Typed = { text: "", files: {}, loose: [] };

  before(function () {
    chapter = chapterOrSkip(this, "analog");
  });

  it("comes to the same with every station written on its own, as it is printed first", async () => {
    const blocks = chapter.files["sla.conf"] ?? [];
    const withTemplate = EXAMPLES.analog.files(chapter);
    const plain = {
      ...withTemplate,
      "sla.conf": blocks.slice(
        0,
        blocks.findIndex((block) => block.includes("(!)")),
      ),
    };
    const [first, second] = [await readFiles(plain), await readFiles(withTemplate)];
    assert.deepEqual(layoutOf(first.site), layoutOf(second.site));
    assert.deepEqual(first.found, second.found);
  });

  it("has both forms of its stations pasted one below the other read as one, each key once (R2, SLA-W26)", async () => {
    const { site, found } = await readFiles({ ...EXAMPLES.analog.files(chapter), "sla.conf": chapter.files["sla.conf"] ?? [] });
    assert.deepEqual(layoutOf(site), LAYOUTS.analog);
    // One finding a line of the template, not one a station.
    assert.equal(found.filter((line) => line.startsWith("SLA-W26")).length, 2);
  });
});

describe("the shared extension example, read further than its defects", () => {
  it("is rejected with its first line pasted without a context (D9, CONF-E01)", async function () {
    const { files, loose } = chapterOrSkip(this, "shared");
    const printed = { ...files, "extensions.conf": [...loose, ...(files["extensions.conf"] ?? [])] };
    const { unusable, diagnostics } = await readFiles(printed);
    assert.match(unusable ?? "", /^extensions\.conf is rejected as a whole/);
    assert.deepEqual(
      diagnostics.filter(({ file }) => file === "extensions.conf").map(({ line, column, code }) => `${line}:${column} ${code}`),
      ["1:1 CONF-E01"],
    );
  });
});

describe("the text on Mark and Richard, which prints no configuration", () => {
  it("dials the numbers that our fixture of it has, and knows the people by the same names", async function () {
    const text = chapterOrSkip(this, "markAndRichard").text;
    const { site } = await readSite(join(packageRoot, "test/fixtures/sites/ccss-mark-richard"));
    const extensions = site.dialplan.contexts.flatMap((context) => context.extensions);
    for (const { name } of extensions) assert.match(text, new RegExp(`\\b${name}\\b`));
    assert.deepEqual(
      extensions.map(({ name }) => name),
      ["1000", "2000", "30", "31"],
    );
    for (const { name } of site.accounts) assert.ok(text.includes(name));
  });
});
