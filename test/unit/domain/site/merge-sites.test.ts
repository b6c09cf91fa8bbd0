import assert from "node:assert/strict";
import { ContextSearch } from "#domain/dialplan/context-search";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { mergeSites } from "#domain/site/merge-sites";
import type { Site, SiteReading } from "#domain/site/site";
import { accountOf, includesOf, phoneOf, siteOf, stationOf } from "./site-of.ts";

function reading(parts: Partial<Site>): SiteReading {
  return { site: siteOf(parts), diagnostics: [] };
}

describe("mergeSites", () => {
  it("joins what is different", () => {
    const a = reading({ realm: "a", stations: [stationOf("A", "SIP/a")], dialplan: includesOf({ x: ["y"] }) });
    const b = reading({ realm: "b", stations: [stationOf("B", "SIP/b")], dialplan: includesOf({ x: ["z"], z: ["x"] }) });
    const { site, diagnostics } = mergeSites(a, b);
    assert.deepEqual(
      [site.realm, site.stations.map(({ name }) => name), new ContextSearch(site.dialplan).from("x"), diagnostics],
      ["a", ["A", "B"], ["x", "y", "z"], []],
    );
  });

  it("lets Asterisk's files win and names the other, in any case of the name (YAML-W03)", () => {
    const written = { ...stationOf("L1-A", "SIP/a"), origin: "site.yaml:3" };
    const hint = (device: string): Site["hints"][number] => ({
      extension: "1",
      context: "c",
      devices: [device],
      origin: "site.yaml:9",
    });
    const { site, diagnostics } = mergeSites(
      reading({ stations: [stationOf("l1-a", "SIP/first")], hints: [hint("SIP/first")], accounts: [accountOf("a")] }),
      reading({ stations: [written], hints: [hint("SIP/second")], accounts: [accountOf("A", "site.yaml:5")] }),
    );
    assert.deepEqual([site.stations[0]?.device, site.hints[0]?.devices, site.accounts.length], ["SIP/first", ["SIP/first"], 1]);
    assert.deepEqual(diagnostics.map(formatDiagnostic), [
      "site.yaml:3:1 YAML-W03 station L1-A is also in Asterisk's files, which win: write it in one place",
      "site.yaml:5:1 YAML-W03 account A is also in Asterisk's files, which win: write it in one place",
      "site.yaml:9:1 YAML-W03 hint 1@c is also in Asterisk's files, which win: write it in one place",
    ]);
  });

  it("lets site.yaml describe a phone of sip.conf without a word", () => {
    const bare = { name: "0000ffff0005", context: "default", subscribeContext: "default", origin: "site.yaml:2" };
    const described = { ...phoneOf("0000ffff0005", "0000ffff0005"), model: "VVX_400", label: "Reception" };
    const { site, diagnostics } = mergeSites(
      reading({ accounts: [accountOf("0000FFFF0005")], phones: [phoneOf("0000ffff0005", "0000FFFF0005")] }),
      reading({ accounts: [bare], phones: [described, phoneOf("0000ffff0006", "0000ffff0006")] }),
    );
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(site.phones, [{ ...described, accounts: ["0000FFFF0005"] }, phoneOf("0000ffff0006", "0000ffff0006")]);
    assert.deepEqual(
      site.accounts.map(({ name }) => name),
      ["0000FFFF0005"],
    );
  });

  it("keeps the reason of the first that is unusable", () => {
    assert.equal(mergeSites(reading({}), { ...reading({}), unusable: "y" }).unusable, "y");
    assert.equal(mergeSites({ ...reading({}), unusable: "a" }, { ...reading({}), unusable: "y" }).unusable, "a");
    assert.equal("unusable" in mergeSites(reading({}), reading({})), false);
  });
});
