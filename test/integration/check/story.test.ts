import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { check } from "./run-check.ts";

describe("lamplighter check, as a process", function () {
  this.timeout(120_000);
  let folder = "";

  function site(files: Readonly<Record<string, string | Buffer>>): string {
    const path = mkdtempSync(join(folder, "site-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-check-"));
    // Builds what is older than its sources, so that no test below waits for it.
    await check("--help");
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("ends with 0 for a good site, notes on standard output, the count on standard error", async () => {
    const { code, out, err } = await check(join(packageRoot, "provisioning/sites/sample"));
    assert.equal(code, 0);
    assert.match(err, /2 trunks, 4 stations, 2 phones, 2 accounts, 4 hints; 0 errors, 4 warnings and notes\n$/);
    assert.equal(out.length, 4);
    for (const line of out) assert.match(line, /^s(?:ip|la)\.conf:\d+:\d+ (?:SIP-I01|SLA-I33) /);
  });

  it("ends with 1 for a broken site, one line a finding, and counts what is left", async () => {
    const path = site({
      "sla.conf":
        "[T1]\ntype=trunk\ndevice=SIP/gate\n[A]\ntype=station\ndevice=SIP/a\ntrunk=T1\ntrunk=T2\n[B]\ntype=statoin\n[C]\ntype=station\ndevice=SIP\n",
      "sip.conf": "[gate]\nsecret=x\n[a]\nsecret=x\n[b c]\n",
      "extensions.conf": "[x]\nexten => A_T1,hint,SLA:A_T1\nexten => A_T2,hint\n",
    });
    const { code, out, err } = await check(path);
    assert.deepEqual(out, [
      "extensions.conf:3:10 EXT-E02 hint of A_T2 needs 1 to 50 devices: write exten => A_T2,hint,Tech/resource",
      'sip.conf:5:1 SIP-E01 account name "b c" may not hold blanks or any of @ : ; " < > /: rename it',
      'sla.conf:8:7 SLA-E05 trunk "T2" is not defined (did you mean "T1"?): define [T2] with type = trunk, or remove this line',
      'sla.conf:10:6 SLA-E02 type "statoin" of [B] is not known (did you mean "station"?): write trunk or station',
      'sla.conf:13:8 SLA-E04 device "SIP" has no "/": write Tech/resource, for example SIP/100',
    ]);
    assert.match(err, /1 trunk, 1 station, 0 phones, 2 accounts, 1 hint; 5 errors, 0 warnings and notes\n$/);
    assert.equal(code, 1);
  });

  it("ends with 2 when it is used wrongly, which is no verdict on a site", async () => {
    for (const wrong of [[], ["--frobnicate", folder]]) {
      const { code, out, err } = await check(...wrong);
      assert.deepEqual([code, out], [2, []]);
      assert.match(err, /^error: /);
    }
  });

  it("prints one JSON object with --json, with the same exit codes", async () => {
    const path = site({ "site.yaml": "lines: [T1]\nphones:\n  nobody: {}\n" });
    const { code, out } = await check(path, "--json");
    assert.equal(code, 1);
    const report = JSON.parse(out.join("")) as {
      readonly diagnostics: readonly { readonly why: string; readonly fix: string }[];
    };
    const [found] = report.diagnostics;
    assert.ok(found !== undefined && found.why !== "" && found.fix !== "");
    assert.deepEqual(report, {
      diagnostics: [
        {
          why: found.why,
          fix: found.fix,
          severity: "E",
          file: "site.yaml",
          line: 3,
          column: 3,
          code: "YAML-E03",
          message: 'phone "nobody" is no MAC address: write 12 hexadecimal digits',
        },
      ],
      counts: { trunks: 1, stations: 0, phones: 0, accounts: 0, hints: 0 },
    });
    const missing = await check(join(folder, "missing"), "--json");
    assert.equal(missing.code, 2);
    assert.match((JSON.parse(missing.out.join("")) as { unusable: string }).unusable, /there is no such file or folder$/);
  });

  it("prints why and fix below each finding with --explain, and no colour or progress where nobody looks on", async () => {
    const path = site({ "sip.conf": "[a]\nsecret=x\n#include none*\n" });
    const { code, out, err } = await check(path, "--explain");
    assert.equal(code, 0);
    assert.deepEqual(out.slice(0, 1), [
      'sip.conf:3:10 CONF-W12 no file fits "none*": Asterisk would reject the whole file, write #tryinclude',
    ]);
    assert.match(out[1] ?? "", /^ {4}why: The pattern/);
    assert.match(out[2] ?? "", /^ {4}fix: Write #tryinclude/);
    assert.equal(err, "0 trunks, 0 stations, 0 phones, 1 account, 0 hints; 0 errors, 1 warning or note\n");
  });

  it("reads included files from other folders where --allow-include says so", async () => {
    const elsewhere = site({ "more.inc": "[b]\nsecret=x\n" });
    const path = site({ "sip.conf": `[a]\nsecret=x\n#include ${elsewhere}/*.inc\n` });
    assert.equal((await check(path)).code, 1);
    const { code, out, err } = await check(path, "--allow-include", elsewhere);
    assert.deepEqual([code, out], [0, []]);
    assert.match(err, /2 accounts/);
  });

  it("ends with 2 for what cannot be a site, and says why (design §9.20)", async () => {
    const cases: [string, string[], RegExp][] = [
      [join(folder, "missing"), [], /cannot be used: .*missing cannot be read: there is no such file or folder\n$/],
      [
        site({ "readme.txt": "x" }),
        [],
        /cannot be used: .* holds none of sla\.conf, sip\.conf, users\.conf, pjsip\.conf, .*site\.yaml\n$/,
      ],
      [join(packageRoot, "package.json"), [], /cannot be used: .*package\.json is neither a folder nor a \.yaml file\n$/],
      [
        site({ "sla.conf": "x=1\n" }),
        ["sla.conf:1:1 CONF-E01 key before any section: put a [section] line above (the whole file is rejected)"],
        /cannot be used: sla\.conf is rejected as a whole: see its CONF-E01\n$/,
      ],
    ];
    await Promise.all(
      cases.map(async ([path, lines, reason]) => {
        const { code, out, err } = await check(path);
        assert.deepEqual([code, out], [2, lines]);
        assert.match(err, reason);
      }),
    );
  });

  it("does not wait for a FIFO, follow a circle, or read without end", async () => {
    const path = site({ "sla.conf": "", "ccss.conf": Buffer.alloc(32 * 1024 * 1024 + 1, "x\n") });
    execFileSync("mkfifo", [join(path, "sip.conf")]);
    mkdirSync(join(path, "extensions.conf"));
    symlinkSync("indications.conf", join(path, "indications.conf"));
    symlinkSync("/dev/zero", join(path, "site.yaml"));
    const { code, out } = await check(path);
    const rejected = "(the whole file is rejected)";
    assert.deepEqual(out, [
      `ccss.conf:1:1 CONF-E01 cannot be read: it has more than 33554432 bytes ${rejected}`,
      `extensions.conf:1:1 CONF-E01 cannot be read: it is no plain file ${rejected}`,
      `indications.conf:1:1 CONF-E01 cannot be read: its symbolic links go in a circle ${rejected}`,
      `sip.conf:1:1 CONF-E01 cannot be read: it is no plain file ${rejected}`,
      `site.yaml:1:1 YAML-E01 cannot be read: it is no plain file ${rejected}`,
    ]);
    assert.equal(code, 2);
    const fifo = join(path, "fifo.yaml");
    execFileSync("mkfifo", [fifo]);
    assert.equal((await check(fifo)).code, 2);
  });

  it("bears a reader that has seen enough", async () => {
    const path = site({ "extensions.conf": `[a]\n${"nonsense\n".repeat(50_000)}` });
    const child = spawn(process.execPath, [join(packageRoot, "bin/lamplighter.mjs"), "check", path], { timeout: 30_000 });
    child.stdout.once("data", () => child.stdout.destroy());
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
    assert.match(err, /0 errors, 50000 warnings and notes\n$/);
  });

  it("reads bytes that are not UTF-8, names UTF-16, and follows a link to a file", async () => {
    const latin = site({ "sip.conf": Buffer.from("[caf\xe9]\nsecret=\xff\xfe\n[b\u00fcro]\nsecret=x\n", "latin1") });
    const { code, out } = await check(latin);
    assert.deepEqual(
      [code, out],
      [0, ["sip.conf:1:1 CONF-W11 this line and 2 more is not UTF-8 and read as Latin-1: save the file as UTF-8"]],
    );
    const wide = await check(site({ "sip.conf": Buffer.from("\ufeff[a]\n", "utf16le") }));
    assert.deepEqual(wide.out, [
      "sip.conf:1:1 CONF-E01 cannot be read: it is UTF-16: save it as UTF-8 (the whole file is rejected)",
    ]);
    const linked = site({});
    symlinkSync(join(latin, "sip.conf"), join(linked, "sip.conf"));
    assert.equal((await check(linked)).code, 0);
  });
});
