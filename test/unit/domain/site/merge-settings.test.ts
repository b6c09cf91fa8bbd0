import assert from "node:assert/strict";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { mergeSites } from "#domain/site/merge-sites";
import { DEFAULT_SETTINGS, type SiteSettings } from "#domain/site/settings";
import { EMPTY_SITE, type SiteReading } from "#domain/site/site";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { readYamlSite } from "#site-yaml/read-yaml-site";

const NOTHING: SiteReading = { site: EMPTY_SITE, diagnostics: [] };

function settingsOf(settings: Partial<SiteSettings>): SiteReading {
  return { site: { ...EMPTY_SITE, settings: { ...DEFAULT_SETTINGS, ...settings } }, diagnostics: [] };
}

function attempts(sla: string | undefined, yaml: string | undefined): boolean {
  const asterisk = sla === undefined ? NOTHING : readAsteriskSite({ "sla.conf": sla });
  return mergeSites(asterisk, yaml === undefined ? NOTHING : readYamlSite(yaml, "site.yaml")).site.settings.attemptCallerId;
}

describe("mergeSites, of settings", () => {
  it("passes callers' names on where somebody says so, else in a site.yaml alone (design §9.24)", () => {
    assert.equal(attempts("", undefined), false);
    assert.equal(attempts(undefined, ""), true);
    assert.equal(attempts("", ""), false);
    assert.equal(attempts("", "settings: {attemptcallerid: yes}"), true);
    assert.equal(attempts(undefined, "settings: {attemptcallerid: no}"), false);
    assert.equal(attempts("[general]\nattemptcallerid = no", "settings: {attemptcallerid: yes}"), false);
    assert.equal(attempts("[general]\nattemptcallerid = on\n", "settings: {attemptcallerid: no}"), true);
  });

  it("lets what ccss.conf says win, field by field, and site.yaml say the rest (design §9.23)", () => {
    const asterisk = settingsOf({ cc: { maxRequests: 10, deviceStates: { active: "BUSY" } } });
    const yaml = readYamlSite(
      "callCompletion: {enabled: no, maxRequests: 20, deviceStates: {active: INUSE, failed: BUSY}}\ncompat: {sla: asterisk}\n" +
        'featureCodes: {callCompletionRequest: "*30"}\ndahdi: {1: {account: gate}}\nlimits: {subscriptions: 7}',
      "site.yaml",
    );
    const { settings } = mergeSites(asterisk, yaml).site;
    assert.deepEqual(settings.cc, { enabled: false, maxRequests: 10, deviceStates: { active: "BUSY", failed: "BUSY" } });
    assert.deepEqual([settings.compat.sla, settings.limits.subscriptions, settings.dahdi.length], ["asterisk", 7, 1]);
    assert.equal(settings.featureCodes.callCompletionRequest, "*30");
  });

  it("joins extensions, dialplans and tones; Asterisk's come first", () => {
    const yaml = (text: string): SiteReading => readYamlSite(text, "site.yaml");
    const { site, diagnostics } = mergeSites(
      yaml("settings: {country: br}\ntones: {br: {}}\nextensions: {100: {}}\ncontexts: {a: {extensions: {s: A}}}"),
      yaml(
        "settings: {country: uk}\ntones: {br: {}, uk: {}}\nextensions: {100: {}, 101: {}}\ncontexts: {a: {extensions: {s: B, t: C}}}",
      ),
    );
    assert.deepEqual([site.indications?.country, site.indications?.zones.map(({ name }) => name)], ["br", ["br", "uk"]]);
    assert.deepEqual(
      site.extensions.map(({ number }) => number),
      ["100", "101"],
    );
    assert.deepEqual(
      site.dialplan.contexts[0]?.extensions.map(({ name, steps }) => `${name} ${steps[0]?.application ?? ""}`),
      ["s A", "t C"],
    );
    assert.deepEqual(diagnostics.map(formatDiagnostic), [
      "site.yaml:3:1 YAML-W03 extension 100@default is also in Asterisk's files, which win: write it in one place",
    ]);
  });

  it("names an account that both describe, unless site.yaml says nothing of it", () => {
    const asterisk = readAsteriskSite({ "sip.conf": "[gate]\nsecret = x\n" });
    const { site, diagnostics } = mergeSites(asterisk, readYamlSite("accounts: {gate: {type: peer}}", "site.yaml"));
    assert.equal(site.accounts.length, 1);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["YAML-W03"],
    );
  });
});
