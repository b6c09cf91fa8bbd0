import assert from "node:assert/strict";
import { join } from "node:path";
import { readSite } from "#app/site-reading/read-site";
import { packageRoot } from "#base/package-root";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { phoneKeys } from "#domain/site/phone-keys";
import type { Site } from "#domain/site/site";
import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { Transcript, worldOf } from "#test/unit/domain/dialplan/transcript";

async function read(path: string): Promise<{ site: Site; lines: string[] }> {
  const { site, diagnostics, unusable } = await readSite(join(packageRoot, path));
  assert.equal(unusable, undefined);
  return { site, lines: diagnostics.map(formatDiagnostic) };
}

/** Everything but where it was written, and where its entries are generated: the folder's are written by hand. */
function bare(items: readonly { readonly origin: string; readonly autocontext?: string }[]): unknown[] {
  return items.map(({ autocontext: _, ...item }) => ({ ...item, origin: "" }));
}

const NAMES = ["L1-0000FFFF0005_T1", "L2-0000FFFF0005_T2", "L1-0000FFFF0006_T1", "L2-0000FFFF0006_T2"];

describe("the sites that ship", () => {
  it("say nothing but what a reader should know", async () => {
    assert.deepEqual((await read("provisioning/sites/sample")).lines, [
      "sip.conf:12:1 SIP-I01 account 0000FFFF0005 has no secret: one is generated and written into its phone's file",
      "sip.conf:14:1 SIP-I01 account 0000FFFF0006 has no secret: one is generated and written into its phone's file",
      "sla.conf:23:1 SLA-I33 stations L1-0000FFFF0005 and L2-0000FFFF0005 are one phone, SIP/0000FFFF0005: both may ring at once",
      "sla.conf:29:1 SLA-I33 stations L1-0000FFFF0006 and L2-0000FFFF0006 are one phone, SIP/0000FFFF0006: both may ring at once",
    ]);
    assert.deepEqual((await read("provisioning/sites/sample-yaml")).lines, [
      "site.yaml:11:1 YAML-I01 account 0000FFFF0005 has no secret: one is generated and written into its phone's file",
      "site.yaml:12:1 YAML-I01 account 0000FFFF0006 has no secret: one is generated and written into its phone's file",
    ]);
  });

  it("are the same site in both forms", async () => {
    const { site: asterisk } = await read("provisioning/sites/sample");
    for (const path of ["provisioning/sites/sample-yaml", "provisioning/sites/sample-yaml/site.yaml"]) {
      const { site: yaml } = await read(path);
      for (const kind of ["accounts", "phones", "hints"] as const) assert.deepEqual(bare(yaml[kind]), bare(asterisk[kind]), kind);
      // The numbers of the lines stand in the dialplan of the folder.
      assert.deepEqual(bare(yaml.trunks.map(({ did: _, ...trunk }) => trunk)), bare(asterisk.trunks));
      // The dialplan of the one dials the keys; for the other it is made.
      const dialled = asterisk.stations.map((station) => ({ ...station, autocontext: "LocalSets" }));
      assert.deepEqual(bare(yaml.stations), bare(dialled));
      for (const [index, phone] of asterisk.phones.entries())
        assert.deepEqual(phoneKeys(yaml, yaml.phones[index] ?? phone), phoneKeys(asterisk, phone));
    }
  });

  it("do the same with every call, in both forms: a pressed key, a taken line, a call from outside", async () => {
    const sites = [(await read("provisioning/sites/sample")).site, (await read("provisioning/sites/sample-yaml")).site];
    const [conf, yaml] = sites.map((site) => {
      const world = { ...worldOf(""), lookup: new DialplanLookup(site.dialplan) };
      const told = (context: string, extension: string): string => {
        const call = new Transcript(world);
        const said = call.enter(context, extension);
        const isAsked = said.some((line) => line.startsWith("read"));
        const more = isAsked ? call.result({ type: "digits", status: "OK", digits: "5551234" }) : [];
        return [...said, ...more].filter((line) => !line.startsWith("log ")).join("; ");
      };
      return [
        ...NAMES.map((name) => told("LocalSets", name)),
        ...["trunk1", "trunk2"].map((line) => told("sla_trunks", line)),
        ...["L1", "L2"].map((number) => told("default", number)),
      ];
    });
    assert.deepEqual(yaml, conf);
    const [taken, ...others] = conf?.slice(NAMES.length) ?? [];
    assert.match(taken ?? "", /^read .*maxDigits=10 .*; dial .*"peer":"sip\.provider\.example","number":"5551234"/);
    assert.deepEqual(others.slice(1), ["slaTrunk trunk=T1", "slaTrunk trunk=T2"]);
    assert.deepEqual(
      conf?.slice(0, NAMES.length),
      NAMES.map((name) => `slaStation station=${name}`),
    );
  });

  it("hold two lines, two phones and a lit key for each pair", async () => {
    const { site } = await read("provisioning/sites/sample");
    assert.deepEqual(
      site.hints.map(({ extension, context, devices }) => `${extension}@${context} ${devices.join()}`),
      NAMES.map((name) => `${name}@LocalSets SLA:${name}`),
    );
    assert.deepEqual(
      site.phones.flatMap((phone) => phoneKeys(site, phone)).map(({ address, label }) => `${address} ${label}`),
      ["L1-0000FFFF0005_T1 L1", "L2-0000FFFF0005_T2 L2", "L1-0000FFFF0006_T1 L1", "L2-0000FFFF0006_T2 L2"],
    );
    assert.ok(site.accounts.every(({ secret, md5secret }) => secret === undefined && md5secret === undefined));
  });
});
