import assert from "node:assert/strict";
import { checkSite } from "#domain/site/check-site";
import { formatDiagnostic } from "#domain/site/diagnostic";
import type { Hint, Site } from "#domain/site/site";
import { accountOf, phoneOf, siteOf, stationOf } from "./site-of.ts";

function hint(extension: string, ...devices: string[]): Hint {
  return { extension, context: "c", devices, origin: "extensions.conf:7" };
}

function linesOf(parts: Partial<Site>): string[] {
  return checkSite(siteOf(parts)).map(formatDiagnostic);
}

describe("checkSite", () => {
  it("says nothing of a site that is whole", () => {
    const parts = {
      stations: [stationOf("A", "SIP/a", "T")],
      accounts: [accountOf("a")],
      hints: [hint("A_T", "sla:a_t", "SIP/x")],
    };
    assert.deepEqual(linesOf(parts), []);
    assert.deepEqual(linesOf({}), []);
  });

  it("names keys without a hint and hints without a key (SLA-W16, SLA-W17)", () => {
    const stations = [stationOf("A", "MGCP/1", "T1", "T2")];
    assert.deepEqual(linesOf({ stations, hints: [hint("1", "SLA:A_T1", "SLA:A_T3")] }), [
      "sla.conf:1:1 SLA-W16 key A_T2 has no hint, its lamp stays dark: add exten => A_T2,hint,SLA:A_T2",
      'extensions.conf:7:1 SLA-W17 SLA:A_T3 is no key of any station (did you mean "A_T1"?): write SLA:STATION_TRUNK',
    ]);
  });

  it("names an account that no phone can register with, once (SLA-W28)", () => {
    const stations = [stationOf("A", "SIP/desk", "T"), stationOf("B", "sip/DESK", "T")];
    const hints = [hint("1", "SLA:A_T", "SLA:B_T")];
    assert.deepEqual(linesOf({ stations, hints, accounts: [accountOf("desc")] }), [
      'sla.conf:1:1 SLA-W28 station A rings SIP/desk, but there is no such account (did you mean "desc"?): add [desk] to sip.conf',
    ]);
    assert.deepEqual(linesOf({ stations, hints, accounts: [accountOf("Desk")] }), []);
  });

  it("notes generated secrets, and whether somebody is told (design §9.17)", () => {
    const bare = (name: string, origin: string): Site["accounts"][number] => {
      return { name, context: "c", subscribeContext: "c", origin };
    };
    const accounts = [bare("a", "sip.conf:3"), bare("b", "site.yaml:4"), { ...bare("c", "sip.conf:5"), md5secret: "0" }];
    assert.deepEqual(linesOf({ accounts, phones: [phoneOf("0000ffff0005", "a")] }), [
      "sip.conf:3:1 SIP-I01 account a has no secret: one is generated and written into its phone's file",
      "site.yaml:4:1 YAML-I01 account b has no secret: one is generated, but no phone is told: write secret = …",
    ]);
  });
});
