import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPhoneFile } from "#app/site-reading/phone-files";
import { readSite } from "#app/site-reading/read-site";
import { formatDiagnostic } from "#domain/site/diagnostic";

const SIP = "[0000FFFF0007]\nsecret = q7-rT2-lamp\n";

describe("files of phones beside a site's own", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-phones-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function linesWith(files: Readonly<Record<string, string>>): Promise<string[]> {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { diagnostics, unusable } = await readSite(folder);
    assert.equal(unusable, undefined);
    return diagnostics.map(formatDiagnostic);
  }

  it("are checked with it, and change nothing of it", async () => {
    assert.deepEqual(
      await linesWith({
        "sip.conf": SIP,
        "site.yaml": "lines: []\nphones:\n  00:00:FF:FF:00:07:\n    model: SPIP_450\n",
        "0000ffff0007.cfg": `<reg reg.1.address=”x” reg.1.auth.password="welcome" reg.1.lineKeys="4"/>`,
      }),
      [
        `0000ffff0007.cfg:1:20 SLA-W20 U+201D is a sign of a printed page, for which the phone refuses the file: type " instead`,
        "0000ffff0007.cfg:1:21 CONF-I41 4 keys are needed, SoundPoint IP 450 has 3: ask for fewer, the last ones are not shown",
        `0000ffff0007.cfg:1:22 SLA-W20 U+201D is a sign of a printed page, for which the phone refuses the file: type " instead`,
        "0000ffff0007.cfg:1:45 CONF-W41 reg.1.auth.password is a common default, in clear: write a long random one",
      ],
    );
    const { site } = await readSite(folder);
    assert.equal(site.accounts[0]?.secret, "q7-rT2-lamp");
  });

  it("are passed by when they are another program's or no plain file; a large one is refused as the phone would", async () => {
    mkdirSync(join(folder, "folder.cfg"));
    assert.deepEqual(
      await linesWith({
        "sip.conf": SIP,
        "spa504.cfg": "<flat-profile></flat-profile>",
        "notes.cfg": "reg = ”1”",
        "large.cfg": `<reg>${" ".repeat(2 * 1024 * 1024)}`,
        "phone.xml": "<reg",
      }),
      ["large.cfg:1:1 CONF-E41 is no XML, the phone refuses the file (document too large): mend it here"],
    );
  });

  it("are looked at up to a thousand, and the rest is said (CONF-I43)", async () => {
    const names = Array.from({ length: 1001 }, (_, index) => `${String(index).padStart(4, "0")}.cfg`);
    const lines = await linesWith({ "sip.conf": SIP, ...Object.fromEntries(names.map((name) => [name, "x"])) });
    assert.equal(lines.length, 1);
    assert.match(lines.join(), /^1000\.cfg:1:1 CONF-I43 .* the folder has 1001 of them/);
  });

  it("are checked alone by their path; anything else is no file of a phone", async () => {
    writeFileSync(join(folder, "b.cfg"), "reg");
    writeFileSync(join(folder, "c.yaml"), "<reg ");
    for (const name of ["b.cfg", "c.yaml", "missing.cfg"]) assert.equal(await readPhoneFile(join(folder, name)), undefined);
    writeFileSync(join(folder, "a.XML"), "<reg a.b='1'");
    assert.deepEqual(
      (await readPhoneFile(join(folder, "a.XML")))?.diagnostics.map(({ code }) => code),
      ["CONF-E41"],
    );
  });
});
