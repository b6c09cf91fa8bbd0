import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSite } from "#app/site-reading/read-site";
import { packageRoot } from "#base/package-root";
import { runExport } from "#cli/export";
import { runImport } from "#cli/import";
import { phoneKeys } from "#domain/site/phone-keys";
import { siteDifferences } from "#domain/site/site-differences";
import { writtenSite } from "#domain/site/written-site";

const SAMPLE = join(packageRoot, "provisioning/sites/sample");

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: readonly string[];
}

async function ended(
  run: (output: { print: (line: string) => void; explain: (line: string) => void }) => Promise<number>,
): Promise<Ended> {
  let out = "";
  const err: string[] = [];
  const code = await run({ print: (line) => (out += line), explain: (line) => err.push(line) });
  return { code, out, err };
}

describe("import and export, as commands", function () {
  this.timeout(20_000);
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-import-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("import the sample as lines × phones that read as the same site", async () => {
    const { code, out } = await ended((output) => runImport(SAMPLE, {}, output));
    assert.equal(code, 0);
    assert.match(out, /\n {2}# sla\.conf:4\n {2}T1: \{ device: Local\/trunk1@sla_trunks\/n \}\n/);
    assert.match(out, /\n {2}0000FFFF0006: \{\}\n/);
    assert.doesNotMatch(out, /\nstations:/);
    assert.match(out, /attemptcallerid: no/);
    writeFileSync(join(folder, "site.yaml"), out);
    const [before, after] = [await readSite(SAMPLE), await readSite(folder)];
    assert.deepEqual(siteDifferences(writtenSite(before.site), writtenSite(after.site)), []);
    for (const phone of before.site.phones) assert.deepEqual(phoneKeys(after.site, phone), phoneKeys(before.site, phone));
  });

  it("import an analog key system as lines and stations, with what was found at each", async () => {
    writeFileSync(
      join(folder, "sla.conf"),
      "[line1]\ntype=trunk\ndevice=SIP/gate\nautocontext=line1\n[s1]\ntype=station\ndevice=SIP/a\ntrunk=line1,ringdelay=5\ntrunk=lime1\nautocontext=sets\n",
    );
    writeFileSync(join(folder, "sip.conf"), "[a]\nsecret=x\ncontext=sets\n");
    const { code, out, err } = await ended((output) => runImport(folder, {}, output));
    assert.equal(code, 1);
    assert.match(out, /\n {2}# sla\.conf:5\n {2}# sla\.conf:9:7 SLA-E05 trunk "lime1" is not defined/);
    assert.match(out, /\n {2}s1:\n {4}device: SIP\/a\n {4}keys:\n {6}- line: line1\n {8}ringdelay: 5\n/);
    assert.match(out, /^context: sets$/m);
    assert.ok(err.some((line) => line.startsWith("sla.conf:9:7 SLA-E05")));
  });

  it("import nothing that cannot be read", async () => {
    writeFileSync(join(folder, "sla.conf"), "x=1\n");
    const { code, out, err } = await ended((output) => runImport(folder, {}, output));
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err.join("\n"), /CONF-E01[^]*cannot be used: sla\.conf is rejected/);
  });

  it("import names of phones that YAML has a meaning for, and says what it leaves out (YAML-E20)", async () => {
    writeFileSync(join(folder, "sla.conf"), '[&x *y]\ntype=trunk\ndevice=SIP/a: b # c\n[~]\ntype=trunk\ndevice=SIP/"a"\n');
    const { code, out, err } = await ended((output) => runImport(folder, {}, output));
    assert.equal(code, 1);
    assert.match(out, /\n {2}"~": \{ device: SIP\/"a" \}\n/);
    assert.ok(err.some((line) => /^sla\.conf:1:1 YAML-E20 trunk &x \*y is left out/.test(line)));
  });

  it("export the site.yaml that ships, readable by its owner and group alone, and again only when forced", async () => {
    const asterisk = join(folder, "asterisk");
    const site = join(packageRoot, "provisioning/sites/sample-yaml");
    const first = await ended((output) => runExport({ asterisk, site }, output));
    assert.deepEqual(
      [first.code, first.err],
      [0, [1, 2].map((line) => `site.yaml:${line + 6}:1 CONF-I20 did of trunk T${line} is written as lines of extensions.conf`)],
    );
    for (const name of ["sla.conf", "sip.conf", "extensions.conf"])
      assert.equal(statSync(join(asterisk, name)).mode & 0o777, 0o640);
    const [before, after] = [await readSite(site), await readSite(asterisk)];
    assert.deepEqual(
      siteDifferences(before.site, after.site).map(({ object, field }) => `${object} ${field ?? ""}`),
      ["trunk T1 did", "trunk T2 did"],
    );
    writeFileSync(join(asterisk, "sla.conf"), "mine");
    const second = await ended((output) => runExport({ asterisk, site }, output));
    assert.equal(second.code, 2);
    assert.match(second.err.join(), /has sla\.conf, sip\.conf, extensions\.conf already/);
    assert.equal(readFileSync(join(asterisk, "sla.conf"), "utf8"), "mine");
    assert.equal((await ended((output) => runExport({ asterisk, site, force: true }, output))).code, 0);
    assert.match(readFileSync(join(asterisk, "sla.conf"), "utf8"), /^\[T1\]$/m);
  });

  it("export names what Asterisk's files have no word for, and refuses what they would change (CONF-W20, CONF-E20)", async () => {
    const path = join(folder, "site.yaml");
    writeFileSync(
      path,
      'lines: {T1: {label: Shop, device: SIP/a;b}, T2: {device: " SIP/c"}}\nphones: {000000000001: {label: Desk, model: VVX_400, secret: "a;b"}}\n' +
        'featureCodes: {callCompletionRequest: "*30"}\n',
    );
    const { code, err } = await ended((output) => runExport({ asterisk: join(folder, "out"), site: path }, output));
    assert.equal(code, 1);
    const said = err.map((line) => line.replace(/^\S+ /, ""));
    assert.ok(
      said.includes("CONF-W20 featureCodes of settings is left out: Asterisk's files have no word for it"),
      said.join("\n"),
    );
    assert.ok(said.includes("CONF-W20 label of station L1-000000000001 is left out: Asterisk's files have no word for it"));
    assert.ok(said.includes("CONF-W20 model of phone 000000000001 is left out: Asterisk's files have no word for it"));
    assert.ok(
      said.includes("CONF-E20 trunk T2 is left out: Asterisk's files would say it otherwise, rename it") ||
        said.some((line) => /^CONF-E20 \S+ of trunk T2 is left out/.test(line)),
    );
    const { site } = await readSite(join(folder, "out"));
    assert.deepEqual(
      [site.trunks.map(({ device }) => device), site.accounts[0]?.secret, site.stations.map(({ name }) => name)],
      [["SIP/a;b"], "a;b", ["L1-000000000001", "L2-000000000001"]],
    );
  });

  it("import labels and passwords of phones' files beside, where Asterisk's say none (CONF-I40)", async () => {
    const names = ["0000FFFF0005", "0000FFFF0006", "0000FFFF0007"];
    writeFileSync(
      join(folder, "sip.conf"),
      names.map((name, at) => `[${name}]\n${at === 1 ? "secret=own-q7k2\n" : ""}`).join(""),
    );
    const phone = (address: string, label: string): string =>
      `<PHONE_CONFIG><reg reg.1.address="${address}" reg.1.label="${label}" reg.1.auth.password="q7-rT2-lamp"/></PHONE_CONFIG>`;
    writeFileSync(join(folder, "0000ffff0005.cfg"), phone("0000FFFF0005@pbx", "Front # desk"));
    writeFileSync(join(folder, "0000ffff0006-phone.cfg"), phone("0000ffff0006", "Shop"));
    // Of somebody else, of no phone of the site, and what is no XML.
    writeFileSync(join(folder, "0000ffff0007.cfg"), phone("200", "Elsewhere"));
    writeFileSync(join(folder, "0000ffff0008.cfg"), phone("0000FFFF0008", "Nobody"));
    writeFileSync(join(folder, "0000ffff0009.cfg"), "<reg reg.1.address=");
    const { code, out, err } = await ended((output) => runImport(folder, {}, output));
    assert.equal(code, 1);
    assert.ok(err.some((line) => line.startsWith("0000ffff0009.cfg:1:") && line.includes("CONF-E41")));
    assert.match(out, /\n {2}0000FFFF0005: \{ label: "Front # desk", secret: q7-rT2-lamp \}\n/);
    assert.match(out, /\n {2}0000FFFF0006: \{ label: Shop, secret: own-q7k2 \}\n/);
    assert.match(out, /\n {2}0000FFFF0007: \{\}\n/);
    assert.match(
      out,
      /\n {2}# sip\.conf:1\n {2}# sip\.conf:1:1 CONF-I40 label of phone 0000ffff0005 is taken from 0000ffff0005\.cfg:1\n/,
    );
    assert.match(out, /# sip\.conf:1:1 CONF-I40 secret of account 0000FFFF0005 is taken from 0000ffff0005\.cfg:1\n/);
    assert.doesNotMatch(out, /Elsewhere|Nobody|SIP-I01 account 0000FFFF0005/);
    assert.ok(!err.join("\n").includes("q7-rT2-lamp"));
  });

  it("import included files from other folders where --allow-include says so", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "lamplighter-elsewhere-"));
    try {
      writeFileSync(join(elsewhere, "more.inc"), "[b]\nsecret=x-q7k2\n");
      writeFileSync(join(folder, "sip.conf"), `[a]\nsecret=y-q7k2\n#include ${elsewhere}/*.inc\n`);
      assert.equal((await ended((output) => runImport(folder, {}, output))).code, 1);
      const { code, out } = await ended((output) => runImport(folder, { allowInclude: [elsewhere] }, output));
      assert.equal(code, 0);
      assert.match(out, /\n {2}b: \{ secret: x-q7k2 \}\n/);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it("export an account whose odd words these files lack, without them (CONF-W20), never without its rights", async () => {
    writeFileSync(
      join(folder, "site.yaml"),
      "accounts:\n  gate: {secret: x-q7k2, host: gate.example, authUser: me, sources: [192.0.2.1], callerid: ' x ', mailbox: '100', insecure: [invite, port], " +
        "registration: {server: sip.example, username: u, authUser: a, domain: d.example, secret: s, extension: '9', expirySeconds: 60}}\n" +
        "  odd: {secret: ' x '}\n",
    );
    const asterisk = join(folder, "out");
    const { code, err } = await ended((output) => runExport({ asterisk, site: folder }, output));
    assert.equal(code, 1);
    assert.deepEqual(
      err.map((line) => line.replace(/^\S+ /, "")),
      [
        "CONF-W20 callerid of account gate is left out: Asterisk's files would say it otherwise",
        "CONF-E20 secret of account odd is left out: Asterisk's files would say it otherwise, rename it",
        "CONF-W20 authUser of account gate is left out: Asterisk's files have no word for it",
        "CONF-W20 sources of account gate is left out: Asterisk's files have no word for it",
      ],
    );
    const [before, after] = [await readSite(folder), await readSite(asterisk)];
    const lost = siteDifferences(before.site, after.site).map(({ object, field }) => `${object} ${field ?? ""}`);
    assert.deepEqual(lost.filter((line) => line.startsWith("account gate")).sort(), [
      "account gate authUser",
      "account gate callerid",
      "account gate sources",
    ]);
  });

  it("export into what is no folder says so", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    mkdirSync(join(folder, "x"));
    const { code, err } = await ended((output) => runExport({ asterisk: file, site: SAMPLE }, output));
    assert.equal(code, 2);
    assert.match(err.join(), /file cannot be written/);
  });
});
