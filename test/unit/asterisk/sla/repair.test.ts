import assert from "node:assert/strict";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { linesOf } from "../conf-of.ts";

const TRUNKS =
  "[line1]\ntype = trunk\ndevice = Local/disa@line1_outbound\n[line2]\ntype = trunk\ndevice = Local/disa@line2_outbound\n";
const DIALPLAN = "[line1_outbound]\nexten => disa,1,NoOp()\n[line2_outbound]\nexten => disa,1,NoOp()\n";

function repaired(sla: string): ReturnType<typeof readAsteriskSite> {
  return readAsteriskSite({ "sla.conf": sla, "extensions.conf": DIALPLAN }, { repair: true });
}

describe("readAsteriskSite, asked to repair", () => {
  it("takes stations that a template made trunks for stations (D1, sla.md §8 scenario 2)", () => {
    const stations = [1, 2, 3, 4].map((at) => `[station${at}](station)\ndevice = SIP/station${at}\n`).join("");
    const template = (type: string): string => `${TRUNKS}[station](!)\ntype = ${type}\ntrunk = line1\ntrunk = line2\n${stations}`;
    const mended = repaired(template("trunk"));
    assert.deepEqual({ ...mended.site }, { ...repaired(template("station")).site });
    assert.deepEqual(
      mended.site.stations[3]?.keys.map(({ trunk }) => trunk),
      ["line1", "line2"],
    );
    assert.deepEqual(
      linesOf(mended).filter((line) => !line.includes("SIP")),
      [1, 2, 3, 4].map((at) => `sla.conf:8:8 SLA-W40 [station${at}] has type = trunk, read as type = station: write that`),
    );
  });

  it("gives sections without a type the one that they look like (D2, sla.md §8 scenario 3)", () => {
    const { site, diagnostics } = repaired(
      "[5001]\ndevice = Local/disa@line1_outbound\n[5001-phone1]\ndevice = SIP/a\ntrunk = 5001\n[odd]\nhold = open\n",
    );
    assert.deepEqual([site.trunks.map(({ name }) => name), site.stations.map(({ name }) => name)], [["5001"], ["5001-phone1"]]);
    assert.deepEqual(
      diagnostics.map(({ line, code }) => `${line} ${code}`),
      ["1 SLA-W40", "3 SLA-W40", "6 SLA-E01"],
    );
  });

  it("reads lines of the dialplan above any context as lines of that of incoming calls (D9, CONF-W40)", () => {
    const files = { "extensions.conf": "exten => 5001,1,SLATrunk(5001)\n same => n,Hangup()\n[b]\nexten => 1,1,NoOp()\n" };
    const reading = readAsteriskSite(files, { repair: true });
    assert.equal(reading.unusable, undefined);
    assert.deepEqual(
      reading.site.dialplan.contexts.map(({ name, extensions }) => `${name} ${extensions.map((own) => own.name).join()}`),
      ["default 5001", "b 1"],
    );
    assert.deepEqual(linesOf(reading), [
      "extensions.conf:1:1 CONF-W40 key before any section, read as a line of [default]: write [default] above",
    ]);
    const withSip = readAsteriskSite({ ...files, "sip.conf": "[general]\ncontext = pbx\n" }, { repair: true });
    assert.equal(withSip.site.dialplan.contexts[0]?.name, "pbx");
    assert.match(readAsteriskSite({ "sla.conf": "type = trunk\n" }, { repair: true }).unusable ?? "", /sla\.conf is rejected/);
    assert.match(readAsteriskSite(files).unusable ?? "", /extensions\.conf is rejected/);
  });

  it("leaves [general], templates and unknown types as they are", () => {
    const { diagnostics } = repaired(
      `${TRUNKS}[general]\ndevice = x\n[t](!)\ntrunk = line1\n[x]\ntype = statoin\ndevice = SIP/a\n`,
    );
    assert.deepEqual(
      diagnostics.map(({ code }) => code).filter((code) => code !== "SLA-I30"),
      ["SLA-W11", "SLA-E02"],
    );
  });

  it("mends nothing when it is not asked to (design §9.19)", () => {
    const { site } = readAsteriskSite({ "sla.conf": "[a]\ndevice = SIP/a\n" });
    assert.deepEqual(site.trunks, []);
  });
});
