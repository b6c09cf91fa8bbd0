import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSite } from "#app/site-reading/read-site";
import { packageRoot } from "#base/package-root";
import { siteDifferences } from "#domain/site/site-differences";
import { writtenSite } from "#domain/site/written-site";
import type { Site } from "#domain/site/site";
import { isPolycomConfig, readPolycomConfig } from "#provisioner/vendors/polycom/read-config";
import { inParallel } from "#test/support/in-parallel";
import { EXAMPLES } from "#test/support/requirement-defects";
import { chapterOrSkip, type SiteFiles } from "#test/support/requirement-texts";
import { lamplighter, lamplighterInto } from "./run-lamplighter.ts";

const FIXTURES = join(packageRoot, "test/fixtures/sites");
/** Commands of one test beside each other. */
const AT_ONCE = 3;
/** Accounts of which both kinds of output fill a pipe several times. */
const BIG = 5000;
const SAMPLE = join(packageRoot, "provisioning/sites/sample");

describe("lamplighter import and export", function () {
  this.timeout(240_000);
  let folder = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-import-"));
    // Builds what is older than its sources, so that no test below waits for it.
    await lamplighter("import", "--help");
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function site(files: SiteFiles): string {
    const path = mkdtempSync(join(folder, "site-"));
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(path, name), typeof text === "string" ? text : text.join("\n"));
    return path;
  }

  /** Imports a folder, with what the command takes besides, into a site.yaml of its own; gives its path. */
  async function imported(path: string, ...flags: string[]): Promise<{ readonly yaml: string; readonly code: number | null }> {
    const { code, out } = await lamplighter("import", path, ...flags);
    const yaml = join(mkdtempSync(join(folder, "yaml-")), "site.yaml");
    writeFileSync(yaml, out);
    return { yaml, code };
  }

  async function siteOf(path: string, repair = false): Promise<Site> {
    const reading = await readSite(path, { repair });
    assert.equal(reading.unusable, undefined, path);
    return reading.site;
  }

  function differences(before: Site, after: Site): string[] {
    return siteDifferences(writtenSite(before), writtenSite(after)).map(({ object, field }) => `${object} ${field ?? ""}`);
  }

  /** Of the site.yaml and of what is exported from it; gives what the import gave. */
  async function roundTrip(path: string, repair: boolean): Promise<{ readonly yaml: string; readonly code: number | null }> {
    const { yaml, code: importCode } = await imported(path, ...(repair ? ["--repair"] : []));
    const before = await siteOf(path, repair);
    assert.deepEqual(differences(before, await siteOf(yaml)), [], path);
    const { code, out } = await lamplighter("check", yaml);
    assert.equal(code, 0, out);
    const asterisk = join(yaml, "../asterisk");
    const exported = await lamplighter("export", "--site", yaml, "--asterisk", asterisk);
    assert.deepEqual([exported.code, exported.err], [0, ""], path);
    assert.deepEqual(differences(before, await siteOf(asterisk)), [], path);
    assert.deepEqual(
      readdirSync(asterisk)
        .map((name) => join(asterisk, name))
        .sort(),
      exported.out.trim().split("\n").sort(),
    );
    return { yaml, code: importCode };
  }

  it("give back every site that ships and every fixture: as a site.yaml, and as Asterisk's files again", async () => {
    const paths = [SAMPLE, ...readdirSync(FIXTURES).map((name) => join(FIXTURES, name))];
    await inParallel(paths, AT_ONCE, (path) => roundTrip(path, false));
  });

  it("give back the printed examples, mended, with what was found said above each object (--repair)", async function () {
    const examples = Object.entries(EXAMPLES) as [keyof typeof EXAMPLES, (typeof EXAMPLES)["analog"]][];
    const sites = examples.map(([name, example]) => ({ name, path: site(example.files(chapterOrSkip(this, name))) }));
    await inParallel(sites, AT_ONCE, async ({ name, path }) => {
      const { yaml, code } = await roundTrip(path, true);
      assert.equal(code, 0, name);
      assert.equal(/SLA-W40/.test(readFileSync(yaml, "utf8")), name === "sipTrunks" || name === "shared", name);
    });
  });

  it("import a printed line without its context, when they may mend it (D9)", async () => {
    const path = site({ "extensions.conf": "exten => 5001,1,SLATrunk(5001)\n", "sla.conf": "[5001]\ndevice=SIP/gate\n" });
    assert.deepEqual([(await imported(path)).code, (await imported(path, "--repair")).code], [2, 0]);
    await roundTrip(path, true);
  });

  it("mend the printed file of a phone, sign by sign (sla.md §8 scenario 10)", async function () {
    const { xml = "" } = chapterOrSkip(this, "alternate");
    const file = join(site({ "0000FFFF0005.cfg": xml }), "0000FFFF0005.cfg");
    const { code, out, err } = await lamplighter("check", file, "--repair");
    assert.equal(code, 0);
    const signs = err.split("\n").filter((line) => line.includes(" SLA-W20 "));
    assert.ok(signs.length > 30);
    for (const line of signs) assert.match(line, /^0000FFFF0005\.cfg:\d+:\d+ SLA-W20 U\+[0-9A-F]{4} is a sign of a printed page/);
    assert.ok(isPolycomConfig(out));
    const { parameters, diagnostics, rejected } = readPolycomConfig(out, "mended.cfg");
    assert.deepEqual([rejected, diagnostics], [false, []]);
    const families = [...parameters.keys()].map((name) => name.split(".")[0] ?? "");
    const count = (family: string): number => families.filter((name) => name === family).length;
    assert.deepEqual([families.length, count("call"), count("reg"), count("attendant")], [16, 1, 6, 9]);
    // Mending twice changes nothing.
    writeFileSync(file, out);
    assert.equal((await lamplighter("check", file, "--repair")).out, out);
  });

  it("mend no folder and no broken file by check, and say what does", async () => {
    const folderGiven = await lamplighter("check", SAMPLE, "--repair");
    assert.deepEqual([folderGiven.code, folderGiven.out], [2, ""]);
    assert.match(folderGiven.err, /is no \.cfg or \.xml file of a phone: a site is mended by lamplighter import DIR --repair\n$/);
    const broken = join(site({ "a.cfg": "<reg reg.1.address=”x”" }), "a.cfg");
    const { code, out, err } = await lamplighter("check", broken, "--repair");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /a\.cfg:1:\d+ CONF-E41 /);
  });

  it("bear a reader that has seen enough", async () => {
    const big = site({ "sip.conf": Array.from({ length: BIG }, (_, at) => `[a${at}]\nsecret=x-q7k${at}\n`).join("") });
    const { code, err } = await lamplighterInto("head -1", "import", big);
    assert.deepEqual([code, err], [0, ""]);
    const asterisk = join(folder, "piped");
    assert.equal((await lamplighterInto("true", "export", "--site", big, "--asterisk", asterisk)).code, 0);
    assert.equal((await siteOf(asterisk)).accounts.length, BIG);
  });

  it("say what is wrong with the folders they are given, and write nothing there", async () => {
    const missing = await lamplighter("import", join(folder, "missing"));
    assert.deepEqual([missing.code, missing.out], [2, ""]);
    assert.match(missing.err, /^cannot be used: .*missing cannot be read: there is no such file or folder\n$/);
    const file = join(site({ file: "" }), "file");
    const closed = join(site({}), "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    // Whoever is root may write there all the same.
    const targets = process.getuid?.() === 0 ? [file, "/proc/lamplighter"] : [file, join(closed, "deeper")];
    for (const target of targets) {
      const { code, out, err } = await lamplighter("export", "--site", SAMPLE, "--asterisk", target);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /cannot be written: [^\n]+\n$/);
    }
    const taken = site({ "sla.conf": "mine" });
    const refused = await lamplighter("export", "--site", SAMPLE, "--asterisk", taken);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /has sla\.conf already: choose another folder, or write over them with --force\n$/);
    assert.deepEqual([readdirSync(taken), readFileSync(join(taken, "sla.conf"), "utf8")], [["sla.conf"], "mine"]);
    for (const wrong of [["import"], ["import", SAMPLE, "--frobnicate"], ["export", "--site", SAMPLE]])
      assert.equal((await lamplighter(...wrong)).code, 2);
  });

  it("let no name become structure, and no path leave the folder", async () => {
    const hostile = [
      "../../etc/passwd",
      "a: b",
      "x # y",
      "&a *b",
      "{}",
      "%TAG",
      "\u202e",
      "~",
      "__proto__",
      "\u001b[31m",
      "${IFS}",
      "'\"",
    ];
    const sla = hostile.map((name) => `[${name}]\ntype=trunk\ndevice=SIP/${name}\n`).join("");
    const dialplan = hostile.map((name) => `[${name}]\nexten => s,1,NoOp(${name})\nexten => s,hint,SIP/${name}\n`).join("");
    const path = site({
      "sla.conf": sla,
      "extensions.conf": dialplan,
      "sip.conf": hostile.map((name) => `[${name}]\n`).join(""),
    });
    const { yaml } = await imported(path);
    const text = readFileSync(yaml, "utf8");
    assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}/u);
    const after = await siteOf(yaml);
    assert.ok(after.trunks.some(({ name }) => name === "__proto__") && after.trunks.some(({ name }) => name === "~"));
    const asterisk = join(folder, "hostile");
    await lamplighter("export", "--site", yaml, "--asterisk", asterisk);
    assert.ok(readdirSync(asterisk).every((name) => /^[a-z]+\.conf$/.test(name)));
    const known = (await siteOf(path)).trunks.map(({ name }) => name);
    for (const { name } of (await siteOf(asterisk)).trunks) assert.ok(known.includes(name), JSON.stringify(name));
  });
});
