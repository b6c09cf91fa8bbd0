import assert from "node:assert/strict";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { checkSite } from "#domain/site/check-site";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { linesOf } from "./conf-of.ts";

const SLA = `[T1]
type=trunk
device=Local/trunk1@sla_trunks/n
[L1-0000FFFF0005]
type=station
device=SIP/0000FFFF0005
trunk=T1
`;
const SIP = "[0000FFFF0005]\nsecret=s\ncontext=sets\n";
const EXTENSIONS = "[sets]\nexten => L1-0000FFFF0005_T1,hint,SLA:L1-0000FFFF0005_T1\n[sla_trunks]\n";

describe("readAsteriskSite", () => {
  it("joins the three files into a site", () => {
    const { site, diagnostics, unusable } = readAsteriskSite({ "sla.conf": SLA, "sip.conf": SIP, "extensions.conf": EXTENSIONS });
    assert.deepEqual([diagnostics, unusable], [[], undefined]);
    assert.deepEqual(site.phones, [
      {
        mac: "0000ffff0005",
        vendor: "polycom",
        model: "generic",
        label: "0000FFFF0005",
        accounts: ["0000FFFF0005"],
        origin: "sip.conf:1",
      },
    ]);
    assert.deepEqual(site.hints, [
      { extension: "L1-0000FFFF0005_T1", context: "sets", devices: ["SLA:L1-0000FFFF0005_T1"], origin: "extensions.conf:2" },
    ]);
  });

  it("makes the hints of autocontext, and leaves written ones alone (sla.md §2.7)", () => {
    const sla =
      SLA.replace("trunk=T1", "trunk=T1\nautocontext=sets") + "[D]\ntype=station\ndevice=SIP/d\ntrunk=T1\nautocontext=auto\n";
    const extensions = EXTENSIONS.replace("SLA:L1-0000FFFF0005_T1", "SIP/by-hand");
    const { site } = readAsteriskSite({ "sla.conf": sla, "sip.conf": SIP, "extensions.conf": extensions });
    assert.deepEqual(
      withGeneratedEntries(site).hints.map(({ extension, context, devices, origin }) => [
        extension,
        context,
        devices.join(),
        origin,
      ]),
      [
        ["L1-0000FFFF0005_T1", "sets", "SIP/by-hand", "extensions.conf:2"],
        ["D_T1", "auto", "SLA:D_T1", "sla.conf:9"],
      ],
    );
  });

  it("lists includes by context, whatever the context is called", () => {
    const extensions = "[__proto__]\ninclude => constructor\ninclude => b\n[constructor]\ninclude => __proto__\n[b]\n";
    const { site } = readAsteriskSite({ "extensions.conf": extensions });
    assert.deepEqual(
      site.dialplan.contexts.map(({ name, includes }) => [name, includes.map(({ context }) => context)]),
      [
        ["__proto__", ["constructor", "b"]],
        ["constructor", ["__proto__"]],
        ["b", []],
      ],
    );
  });

  it("names contexts that are not there, with the nearest one (SLA-W15, EXT-W05)", () => {
    const sla = "[a]\ntype=trunk\ndevice=Local/disa@line1_out bound\n[b]\ntype=trunk\ndevice=Local/x\nautocontext=auto\n";
    const extensions = "[line1_outbound]\ninclude => auto\ninclude => line1_outbond\n";
    const { site } = readAsteriskSite({ "sla.conf": sla, "extensions.conf": extensions });
    assert.deepEqual(
      linesOf({ diagnostics: checkSite(withGeneratedEntries(site)) }).filter((line) => !line.includes("SLA-I30")),
      [
        'sla.conf:1:1 SLA-W15 device of [a] runs in context "line1_out␣bound", which is not in extensions.conf (did you mean "line1_outbound"?): write that context',
        'sla.conf:4:1 SLA-W15 device of [b] runs in context "default", which is not in extensions.conf: write that context',
        'extensions.conf:3:12 EXT-W05 [line1_outbound] includes "line1_outbond", which is not there (did you mean "line1_outbound"?): nothing is found in it',
      ],
    );
  });

  it("notes once that stations are one phone (SLA-I33), and says that two accounts are one phone (SIP-E03)", () => {
    const more = (name: string, trunk: string): string => `[${name}]\ntype=station\ndevice=sip/0000ffff0005\ntrunk=${trunk}\n`;
    const sla = `${SLA}[T2](T1)\n${more("same", "T1")}${more("other", "T2")}${more("third", "T2")}`;
    const reading = readAsteriskSite({ "sla.conf": sla, "sip.conf": `${SIP}[0000ffff0005]\n`, "extensions.conf": EXTENSIONS });
    assert.deepEqual(linesOf(reading), [
      "sip.conf:4:1 SIP-E03 [0000ffff0005] is the MAC address of [0000FFFF0005] too: only the first is a phone, remove one of them",
      "sla.conf:13:1 SLA-I33 stations L1-0000FFFF0005 and other are one phone, sip/0000ffff0005: both may ring at once",
    ]);
    assert.deepEqual([reading.site.phones.length, reading.site.accounts.length], [1, 2]);
  });

  it("is unusable when a file is rejected, says why once, and still reads the other files", () => {
    const reading = readAsteriskSite({ "sla.conf": "[T1\n", "sip.conf": SIP, "extensions.conf": EXTENSIONS, "ccss.conf": "x=1" });
    assert.equal(reading.unusable, "sla.conf is rejected as a whole: see its CONF-E01");
    assert.deepEqual(linesOf(reading), [
      'sla.conf:1:1 CONF-E01 section header without "]": write [name] (the whole file is rejected)',
      "ccss.conf:1:1 CONF-E01 key before any section: put a [section] line above (the whole file is rejected)",
    ]);
    assert.equal(reading.site.accounts.length, 1);
  });

  it("carries hostile names as they are written", () => {
    const name = `<&"'${"n".repeat(70)}\\n`;
    const sla = `[${name}]\ntype=trunk\ndevice=SIP/<&"\n[S${name}]\ntype=station\ndevice=SIP/a\ntrunk=${name}\nautocontext=<&\n`;
    const { site } = readAsteriskSite({ "sla.conf": sla });
    assert.deepEqual([site.trunks[0]?.name, site.trunks[0]?.device], [name, 'SIP/<&"']);
    assert.deepEqual(withGeneratedEntries(site).hints[0]?.extension, `S${name}_${name}`);
  });
});
