import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSite } from "#app/site-reading/read-site";
import { formatDiagnostic } from "#domain/site/diagnostic";
import type { SiteReading } from "#domain/site/site";

/** Reads a folder with these files. */
async function read(files: Readonly<Record<string, string>>): Promise<SiteReading> {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-beside-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await readSite(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SIP = "[0000FFFF0005]\nsecret=s\ncontext=sets\n";

describe("a site.yaml beside Asterisk's files", () => {
  it("gives a phone of sip.conf its label and model, and its keys on lines of either", async () => {
    const yaml = "lines: [T9]\nphones:\n  0000ffff0005: { label: Top, model: VVX_400 }\n  0000ffff0006: { secret: x }\n";
    const { site, diagnostics, unusable } = await read({ "sip.conf": SIP, "site.yaml": yaml });
    assert.deepEqual([diagnostics, unusable], [[], undefined]);
    assert.deepEqual(
      site.phones.map(({ mac, label, model, accounts }) => `${mac} ${label} ${model} ${accounts.join()}`),
      ["0000ffff0005 Top VVX_400 0000FFFF0005", "0000ffff0006 0000ffff0006 generic 0000ffff0006"],
    );
    assert.deepEqual(
      site.accounts.map(({ name, secret, context }) => `${name} ${secret ?? ""} ${context}`),
      ["0000FFFF0005 s sets", "0000ffff0006 x default"],
    );
  });

  it("is looked at together with them", async () => {
    const sla = "[T]\ntype=trunk\ndevice=SIP/gate\n[A]\ntype=station\ndevice=SIP/0000ffff0005\ntrunk=T\n";
    const { diagnostics } = await read({
      "sla.conf": sla,
      "site.yaml": "phones: {0000FFFF0005: {secret: x}}\nhints: {9: SLA:A_T}\n",
    });
    assert.deepEqual(diagnostics.map(formatDiagnostic), []);
  });

  it("is told where its Local devices lead nowhere, with and without a dialplan beside it (SLA-W15)", async () => {
    const yaml = "lines: {T1: {device: Local/trunk1@out}}\n";
    const said = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
      (await read(files)).diagnostics.map(formatDiagnostic);
    assert.deepEqual(await said({ "site.yaml": yaml }), [
      'site.yaml:1:1 SLA-W15 device of [T1] runs in context "out", which is not in contexts: write that context',
    ]);
    assert.deepEqual(await said({ "site.yaml": `${yaml}contexts: {out: {extensions: {trunk2: Hangup()}}}\n` }), [
      'site.yaml:1:1 SLA-W15 device of [T1] runs in context "out", which has no extension "trunk1" with priority 1 (did you mean "trunk2"?): write "trunk1": [Application(), …]',
    ]);
    assert.deepEqual(await said({ "site.yaml": yaml, "extensions.conf": "[out]\nexten => trunk1,1,Hangup()\n" }), []);
  });

  it("makes the whole site unusable when it is rejected, and the others are still read", async () => {
    const { site, diagnostics, unusable } = await read({ "sip.conf": `${SIP}[a b]\n`, "site.yaml": "- x\n" });
    assert.deepEqual(
      diagnostics.map(({ file, code }) => `${file} ${code}`),
      ["sip.conf SIP-E01", "site.yaml YAML-E01"],
    );
    assert.equal(unusable, "site.yaml is rejected as a whole: see its YAML-E01");
    assert.equal(site.accounts.length, 1);
  });

  it("is not needed: any one known file makes a site, however empty (design §9.20)", async () => {
    for (const name of ["sla.conf", "sip.conf", "extensions.conf", "ccss.conf", "indications.conf", "site.yaml"]) {
      const { site, diagnostics, unusable } = await read({ [name]: "" });
      assert.deepEqual([site.trunks, site.accounts, diagnostics, unusable], [[], [], [], undefined]);
    }
  });
});
