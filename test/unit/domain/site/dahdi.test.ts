import assert from "node:assert/strict";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { checkSite } from "#domain/site/check-site";
import { dahdiChannel } from "#domain/site/dahdi";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { mergeSites } from "#domain/site/merge-sites";
import { readYamlSite } from "#site-yaml/read-yaml-site";

const SLA = `[line](!)
type = trunk
device = DAHDI/1
[line1](line)
[line2](line)
[line3]
type = trunk
device = Zap/g2/5551212
`;

/** Findings about DAHDI of these lines beside a site.yaml. */
function findings(yaml: string): string[] {
  const reading = mergeSites(
    readAsteriskSite({ "sla.conf": SLA, "sip.conf": "[gate]\nhost=10.0.0.1\n" }),
    readYamlSite(yaml, "site.yaml"),
  );
  return checkSite(reading.site, reading)
    .map(formatDiagnostic)
    .filter((line) => /SLA-I32|YAML/.test(line));
}

describe("DAHDI channels of a site (R4)", () => {
  it("are told how to be mapped, where their device is written, once a line (SLA-I32)", () => {
    const what = "is not in this machine and cannot be dialled, lamps and inbound calls work: write";
    const where = "{ account: NAME } } in site.yaml, with the account of a SIP gateway";
    assert.deepEqual(findings("{}"), [
      `sla.conf:3:10 SLA-I32 device DAHDI/1 ${what} dahdi: { 1: ${where}`,
      `sla.conf:8:10 SLA-I32 device Zap/g2/5551212 ${what} dahdi: { g2: ${where}`,
    ]);
  });

  it("are not spoken of any more when they are mapped to an account", () => {
    assert.deepEqual(findings("dahdi:\n  1: { account: gate }\n  G2: { account: GATE }\n"), []);
  });

  it("must be mapped to an account that is there (YAML-W07)", () => {
    assert.deepEqual(findings("dahdi:\n  1: { account: gat }\n  g2: { account: gate }\n"), [
      'site.yaml:2:1 YAML-W07 dahdi 1 is mapped to gat, which is no account (did you mean "gate"?): write the name of an account, or add it',
    ]);
  });

  it("are channels and groups, round-robin ones too", () => {
    assert.deepEqual(["DAHDI/12", "zap/R1", "dahdi/g3/100", "SIP/1"].map(dahdiChannel), ["12", "g1", "g3", undefined]);
  });
});
