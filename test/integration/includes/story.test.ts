import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSite, type SiteOnDisk } from "#app/site-reading/read-site";
import { formatDiagnostic } from "#domain/site/diagnostic";

/* A site's files include others of its folder, by name and by pattern; what lies elsewhere is read only where that was allowed. */
describe("the includes of a folder", () => {
  let top: string;
  let site: string;

  beforeEach(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), "lamplighter-includes-")));
    site = join(top, "site");
  });

  afterEach(() => {
    rmSync(top, { recursive: true });
  });

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(top, name)), { recursive: true });
      writeFileSync(join(top, name), text);
    }
  }

  /** Accounts have secrets so that nothing is said of them. */
  function account(name: string): string {
    return `[${name}]\nsecret=x\n`;
  }

  function namesOf({ site: read }: SiteOnDisk): string[] {
    return read.accounts.map(({ name }) => name);
  }

  it("are read by name and by pattern, in folders below too, and objects say where they stand", async () => {
    write({
      "site/sip.conf": `#include "sip.d/*.conf"\n#include {b,a}.inc\n#include sip.d/*/x\n#include ${top}/site/whole.inc\n`,
      "site/sip.d/2.conf": account("two"),
      "site/sip.d/1.conf": account("one"),
      "site/sip.d/.hidden.conf": account("hidden"),
      "site/sip.d/3.conf/x": account("three"),
      "site/a.inc": account("a"),
      "site/b.inc": account("b"),
      "site/whole.inc": account("whole"),
    });
    const reading = await readSite(site);
    assert.deepEqual(reading.diagnostics.map(formatDiagnostic), []);
    assert.deepEqual(namesOf(reading), ["one", "two", "b", "a", "three", "whole"]);
    assert.equal(reading.site.accounts[0]?.origin, "sip.d/1.conf:1");
    assert.equal(reading.site.accounts[5]?.origin, "whole.inc:1");
    assert.deepEqual([...reading.folders].sort(), [site, join(site, "sip.d"), join(site, "sip.d/3.conf")]);
  });

  it("are missing by name: the nearest is told, the whole file is rejected; the folder is watched", async () => {
    write({ "site/sip.conf": "#include sip.d/acounts.conf\n", "site/sip.d/accounts.conf": "" });
    const reading = await readSite(site);
    assert.deepEqual(reading.diagnostics.map(formatDiagnostic), [
      'sip.conf:1:1 CONF-E01 there is no file "sip.d/acounts.conf" (did you mean "sip.d/accounts.conf"?): add it, or write #tryinclude (the whole file is rejected)',
    ]);
    assert.equal(reading.unusable, "sip.conf is rejected as a whole: see its CONF-E01");
    assert.ok(reading.folders.includes(join(site, "sip.d")));
  });

  it("leave the folder only where that was allowed: by .., by a whole path, by a link to a file or a folder", async () => {
    write({ "site/sip.conf": "", "else/a.inc": account("a"), "else/b.inc": account("b"), "else-not/c.inc": account("c") });
    symlinkSync(join(top, "else/a.inc"), join(site, "link.inc"));
    symlinkSync(join(top, "else"), join(site, "folder"));
    const paths = [
      "../else/a.inc",
      `${top}/else/b.inc`,
      "link.inc",
      "folder/b.inc",
      "folder/*",
      "../else/*.inc",
      "../else-not/c.inc",
      "l*.inc",
    ];
    for (const path of paths) {
      writeFileSync(join(site, "sip.conf"), `[ours]\nsecret=x\n#include ${path}\n`);
      const reading = await readSite(site);
      assert.deepEqual(namesOf(reading), ["ours"], path);
      const said = reading.diagnostics.map(({ code }) => code);
      // A pattern does not look into a folder that lies elsewhere.
      assert.ok(said.join() === "CONF-E03" || (path === "folder/*" && said.length > 0), `${path}: ${said.join()}`);
      const allowed = await readSite(site, { allowInclude: [join(top, "else"), join(top, "none")] });
      assert.equal(namesOf(allowed).length > 1, path !== "../else-not/c.inc", path);
    }
    const [whole] = (await readSite(site, { allowInclude: [join(top, "else")] })).site.accounts.slice(1);
    assert.equal(whole?.origin, "link.inc:1");
  });

  it("do not wait for a FIFO or read a folder, and links in a circle are files that are not there", async () => {
    write({ "site/sip.conf": "#tryinclude d\n#tryinclude loop\n#tryinclude d*\n", "site/d/x": "" });
    symlinkSync("loop", join(site, "loop"));
    assert.deepEqual((await readSite(site)).diagnostics.map(formatDiagnostic), [
      'sip.conf:1:13 CONF-W04 #tryinclude is not followed: "d" cannot be read: it is no plain file',
    ]);
  });

  it("are found through a link to the site's own folder, and circles through links are circles", async () => {
    write({ "site/sip.conf": `#include ${top}/linked/a.inc\n#tryinclude again.inc\n`, "site/a.inc": account("a") });
    symlinkSync(site, join(top, "linked"));
    symlinkSync("sip.conf", join(site, "again.inc"));
    const reading = await readSite(join(top, "linked"));
    assert.deepEqual(namesOf(reading), ["a"]);
    assert.equal(reading.site.accounts[0]?.origin, "a.inc:1");
    assert.match(
      reading.diagnostics.map(formatDiagnostic).join("\n"),
      /^again\.inc:2:13 CONF-W04 .*include each other: again\.inc > again\.inc$/m,
    );
  });

  it("are no files that nobody reads: those are named in one note (CONF-I01)", async () => {
    write({
      "site/sip.conf": "#include own.conf\n",
      "site/own.conf": "",
      "site/voicemail.conf": "",
      "site/queues.conf": "[",
      "site/x.txt": "",
    });
    assert.deepEqual((await readSite(site)).diagnostics.map(formatDiagnostic), [
      "queues.conf:1:1 CONF-I01 2 files are not read: queues.conf, voicemail.conf",
    ]);
    for (let at = 0; at < 40; at += 1) write({ [`site/q${at}.conf`]: "" });
    assert.match(
      (await readSite(site)).diagnostics.map(formatDiagnostic).join("\n"),
      /^q0\.conf:1:1 CONF-I01 42 files .* and 30 more$/,
    );
  });

  it("that are Latin-1 are named with their own lines", async () => {
    write({ "site/sip.conf": "#include a.inc\n", "site/a.inc": "" });
    writeFileSync(join(site, "a.inc"), Buffer.from("[a]\nsecret=\u00e9\n[\u00fc]\nsecret=x\n", "latin1"));
    const reading = await readSite(site);
    assert.deepEqual(reading.diagnostics.map(formatDiagnostic), [
      "a.inc:2:1 CONF-W11 this line and 1 more is not UTF-8 and read as Latin-1: save the file as UTF-8",
    ]);
    assert.equal(reading.site.accounts[0]?.secret, "\u00e9");
  });

  it("end after 1000 files", async () => {
    write({ "site/sip.conf": "[a]\n#include d/*\n" });
    for (let at = 0; at < 1100; at += 1) write({ [`site/d/${at}`]: "k=v\n" });
    const reading = await readSite(site);
    assert.match(reading.diagnostics.map(formatDiagnostic).join("\n"), /^sip\.conf:2:1 CONF-E01 .*1000 files/m);
  });
});
