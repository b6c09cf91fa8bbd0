import assert from "node:assert/strict";
import { readUploadedSite } from "#app/site-reading/read-site";
import { UploadedFolder } from "#app/site-reading/uploaded-folder";
import { formatDiagnostic } from "#domain/site/diagnostic";

function filesOf(files: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
}

describe("a site that was sent", function () {
  this.timeout(20_000);

  it("is read with its own includes, by the paths they had in /etc/asterisk too", async () => {
    const { site, diagnostics, unusable } = await readUploadedSite(
      filesOf({
        "sip.conf": "#include sip.d/*.conf\n#include /etc/asterisk/more.conf\n",
        "sip.d/b.conf": "[b]\nsecret=x\n",
        "sip.d/a.conf": "[a]\nsecret=x\n",
        "more.conf": "[m]\nsecret=x\n",
        "queues.conf": "",
      }),
    );
    assert.equal(unusable, undefined);
    assert.deepEqual(diagnostics.map(formatDiagnostic), ["queues.conf:1:1 CONF-I01 this file is not read: queues.conf"]);
    assert.deepEqual(
      site.accounts.map(({ name, origin }) => `${name} ${origin}`),
      ["a sip.d/a.conf:1", "b sip.d/b.conf:1", "m more.conf:1"],
    );
  });

  it("includes no file of the server", async () => {
    for (const path of ["/etc/passwd", "../../etc/passwd", "/etc/asterisk/../passwd", "../*"]) {
      const { diagnostics } = await readUploadedSite(filesOf({ "sip.conf": `#include ${path}\n` }));
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ["CONF-E03"],
        path,
      );
    }
  });

  it("that is no site is named as such", async () => {
    const { unusable } = await readUploadedSite(filesOf({ "x/sla.conf": "" }));
    assert.match(unusable ?? "", /^the upload holds none of sla\.conf/);
  });

  it("finds what patterns fit, and what is near a missing file", async () => {
    const folder = new UploadedFolder(filesOf({ "a.conf": "", "b.conf": "", ".c.conf": "", "d/e.conf": "" }));
    assert.deepEqual((await folder.find("*.conf"))?.files, ["a.conf", "b.conf"]);
    assert.deepEqual((await folder.find("./{b,a}.conf"))?.files, ["b.conf", "a.conf"]);
    assert.deepEqual((await folder.find("*/*"))?.files, ["d/e.conf"]);
    assert.deepEqual(await folder.find("aa.conf"), { files: [], outside: [], nearest: "a.conf" });
  });

  it("stops looking when patterns cost too much, and says that it did", async () => {
    const names = Array.from({ length: 1000 }, (_, at) => `${"a".repeat(240)}${at}`);
    const lines = Array.from({ length: 100 }, (_, at) => `#tryinclude ${"*a".repeat(200)}b${at}`);
    const files = { ...Object.fromEntries(names.map((name) => [name, ""])), "sip.conf": lines.join("\n") };
    const { diagnostics } = await readUploadedSite(filesOf(files));
    assert.ok(diagnostics.length > 90);
    for (const { message } of diagnostics)
      assert.match(message, /was not looked for: it is too long, or there are too many #include/);
  });
});
