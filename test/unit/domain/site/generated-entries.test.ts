import assert from "node:assert/strict";
import fc from "fast-check";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { DEFAULT_SETTINGS } from "#domain/site/settings";
import { checkEmergency, emergencyNumbers } from "#domain/site/emergency";
import { seizedDevice } from "#domain/site/seized-device";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import type { NativeExtension, Site, Trunk } from "#domain/site/site";
import { accountOf, siteOf, stationOf } from "./site-of.ts";

/** "c2: station1,1 SLAStation(station1) for station station1", and hints. */
function entriesOf({ dialplan, hints }: Site): string[] {
  const steps = dialplan.contexts.flatMap(({ name: context, extensions }) =>
    extensions.flatMap(({ name, steps }) =>
      steps.map(({ priority, application, args, generatedFor }) => {
        const maker = generatedFor === undefined ? "" : ` for ${generatedFor}`;
        return `${context}: ${name},${priority} ${application}(${args})${maker}`;
      }),
    ),
  );
  return [...steps, ...hints.map(({ context, extension, devices }) => `${context}: ${extension},hint ${devices.join("&")}`)];
}

function trunkOf(name: string, more: Partial<Trunk> = {}): Trunk {
  return { name, device: "DAHDI/1", ringtimeout: 0, barge: true, hold: "open", origin: "site.yaml:1", ...more };
}

const SLA = `[line1]
type=trunk
device=DAHDI/1
autocontext=c1
[line2]
type=trunk
device=DAHDI/2
autocontext=c1b
[st](!)
type=station
trunk=line1
trunk=line2
autocontext=c2
[station1](st)
device=SIP/station1
[station2](st)
device=SIP/station2
`;

describe("withGeneratedEntries (sla.md §2.7)", () => {
  it("makes the entries of autocontext, and no others (scenario 8)", () => {
    const ofStation = (name: string): string[] => [
      `c2: ${name},1 SLAStation(${name}) for station ${name}`,
      `c2: ${name}_line1,1 SLAStation(${name}_line1) for station ${name}`,
      `c2: ${name}_line2,1 SLAStation(${name}_line2) for station ${name}`,
    ];
    const ofKeys = (name: string): string[] => ["line1", "line2"].map((line) => `c2: ${name}_${line},hint SLA:${name}_${line}`);
    const site = withGeneratedEntries(readAsteriskSite({ "sla.conf": SLA }).site);
    assert.deepEqual(entriesOf(site), [
      "c1: s,1 SLATrunk(line1) for trunk line1",
      "c1b: s,1 SLATrunk(line2) for trunk line2",
      ...ofStation("station1"),
      ...ofStation("station2"),
      ...ofKeys("station1"),
      ...ofKeys("station2"),
    ]);
    assert.deepEqual(
      site.dialplan.contexts.map(({ extensions }) => extensions[0]?.steps[0]?.origin),
      ["sla.conf:1", "sla.conf:5", "sla.conf:14"],
    );
  });

  it("replaces nothing that stands there by hand, and adds nothing twice (B7)", () => {
    const extensions = `[c1]
exten => s,1,NoOp(mine)
[c2]
exten => station1,1,NoOp(mine)
exten => station1_line1,2,NoOp(later)
exten => station1_line2,hint,SIP/mine
`;
    const once = withGeneratedEntries(readAsteriskSite({ "sla.conf": SLA, "extensions.conf": extensions }).site);
    const entries = entriesOf(once);
    assert.deepEqual(entries.slice(0, 4), [
      "c1: s,1 NoOp(mine)",
      "c2: station1,1 NoOp(mine)",
      "c2: station1_line1,1 SLAStation(station1_line1) for station station1",
      "c2: station1_line1,2 NoOp(later)",
    ]);
    assert.ok(entries.includes("c2: station1_line2,hint SIP/mine"));
    assert.equal(entries.filter((entry) => entry.startsWith("c2: station1_line2,hint")).length, 1);
    assert.deepEqual(withGeneratedEntries(once), once);
  });

  it("brings callers of a number to its trunk", () => {
    const trunks = [trunkOf("A", { did: ["12565551212", "100"] }), trunkOf("B", { did: ["100"], context: "in" })];
    assert.deepEqual(entriesOf(withGeneratedEntries(siteOf({ trunks }))), [
      "default: 12565551212,1 SLATrunk(A) for trunk A",
      "default: 100,1 SLATrunk(A) for trunk A",
      "in: 100,1 SLATrunk(B) for trunk B",
    ]);
  });

  it("lights and dials an extension; one that is not to be dialled is only lit", () => {
    const extension = (number: string, more: Partial<NativeExtension> = {}): NativeExtension => {
      return { number, context: "office", devices: ["SIP/a", "SIP/b"], origin: "site.yaml:9", ...more };
    };
    const extensions = [
      extension("100"),
      extension("101", { dial: "SIP/a,40" }),
      extension("102", { dial: "" }),
      extension("103", { devices: [] }),
    ];
    assert.deepEqual(entriesOf(withGeneratedEntries(siteOf({ extensions }))), [
      "office: 100,1 Dial(SIP/a&SIP/b,20) for extension 100",
      "office: 101,1 Dial(SIP/a,40) for extension 101",
      "office: 100,hint SIP/a&SIP/b",
      "office: 101,hint SIP/a&SIP/b",
      "office: 102,hint SIP/a&SIP/b",
    ]);
  });

  it("gives feature codes to the contexts that phones call from, unless the code leads somewhere there", () => {
    const settings = { ...DEFAULT_SETTINGS, featureCodes: { callCompletionRequest: "*30", callCompletionCancel: "*31" } };
    const { dialplan } = readAsteriskSite({
      "extensions.conf": "[a]\ninclude => common\n[b]\nexten => *31,hint,SIP/x\n[common]\nexten => _*3[1-9],1,NoOp()\n",
    }).site;
    const accounts = [
      { ...accountOf("one"), context: "a" },
      { ...accountOf("two"), context: "b" },
      { ...accountOf("three"), context: "b" },
      { ...accountOf("provider"), context: "in", host: "192.0.2.1" },
    ];
    const site = siteOf({ settings, accounts, dialplan });
    const once = withGeneratedEntries(site);
    assert.deepEqual(
      entriesOf(once).filter((entry) => entry.includes("feature")),
      [
        "a: *30,1 CallCompletionRequest() for feature code *30",
        "b: *30,1 CallCompletionRequest() for feature code *30",
        "b: *31,1 CallCompletionCancel() for feature code *31",
      ],
    );
    assert.deepEqual(withGeneratedEntries(once), once);
  });

  it("asks for a number in front of a trunk that is a bare peer (R5), and not where Asterisk is to be followed", () => {
    const trunk = trunkOf("A", { device: "PJSIP/p" });
    assert.deepEqual(entriesOf(withGeneratedEntries(siteOf({ trunks: [trunk, trunkOf("B", { device: "SIP/1@p" })] }))), [
      "dialtone_A: s,1 Read(NUMBER,dial,11,i) for trunk A",
      'dialtone_A: s,2 GotoIf($["${NUMBER}" = ""]?5) for trunk A',
      "dialtone_A: s,3 Dial(PJSIP/p/${NUMBER}) for trunk A",
      'dialtone_A: s,4 GotoIf($["${DIALSTATUS}" = "BUSY"]?6) for trunk A',
      "dialtone_A: s,5 Congestion(5) for trunk A",
      "dialtone_A: s,6 Busy(5) for trunk A",
    ]);
    assert.equal(seizedDevice(trunk, DEFAULT_SETTINGS), "Local/s@dialtone_A");
    assert.equal(seizedDevice(trunk, { compat: { sla: "asterisk", cc: "product" } }), "PJSIP/p");
    assert.equal(seizedDevice(trunkOf("B", { device: "SIP/1@p" }), DEFAULT_SETTINGS), "SIP/1@p");
  });

  it("brings emergency numbers past all lines to each trunk that may take them (B-29), and names those that none takes", () => {
    const { dialplan } = readAsteriskSite({
      "extensions.conf":
        "[out1]\nexten => _1NXX,1,Dial(SIP/${EXTEN}@p)\n[out2]\nexten => _X.,1,Dial(SIP/${EXTEN}@p)\n[own]\nexten => 911,1,NoOp()\n",
    }).site;
    const site = siteOf({
      settings: {
        ...DEFAULT_SETTINGS,
        emergency: ["911", "112"],
        dahdi: [{ channel: "1", account: "gate", origin: "site.yaml:1" }],
      },
      trunks: [...["DAHDI/1", "DAHDI/2", "Local/disa@out1", "Local/disa@out2/n", "SIP/prov", "PJSIP/5@other", "SIP/prov"]].map(
        (device, at) => trunkOf(`t${at}`, { device }),
      ),
      accounts: [
        { ...accountOf("one"), context: "phones" },
        { ...accountOf("two"), context: "own" },
        { ...accountOf("provider"), context: "in", host: "192.0.2.1" },
      ],
      dialplan,
    });
    const made = withGeneratedEntries(site);
    const steps = (context: string, number: string): string[] => [
      `${context}: ${number},1 Dial(DAHDI/1/${number},60) for emergency number ${number}`,
      `${context}: ${number},2 Dial(Local/${number}@out2,60) for emergency number ${number}`,
      `${context}: ${number},3 Dial(SIP/prov/${number},60) for emergency number ${number}`,
      `${context}: ${number},4 Dial(PJSIP/other/${number},60) for emergency number ${number}`,
      `${context}: ${number},5 Congestion(5) for emergency number ${number}`,
    ];
    assert.deepEqual(
      entriesOf(made).filter((entry) => entry.includes("emergency")),
      [...steps("own", "112"), ...steps("phones", "911"), ...steps("phones", "112")],
    );
    assert.deepEqual(withGeneratedEntries(made), made);
    assert.deepEqual(checkEmergency(made), []);
    const none = withGeneratedEntries({ ...site, trunks: [trunkOf("t", { device: "Local/disa@out1" })] });
    assert.deepEqual(
      checkEmergency(none).map(({ code, message }) => `${code} ${message.slice(0, 68)}`),
      [
        "EXT-W21 phones in context phones cannot dial the emergency number 911: add e",
        "EXT-W21 phones in context phones cannot dial the emergency number 112: add e",
        "EXT-W21 phones in context own cannot dial the emergency number 112: add exte",
      ],
    );
    assert.deepEqual(emergencyNumbers(DEFAULT_SETTINGS), ["112", "911"]);
  });

  it("leaves a site as it is that asks for nothing", () => {
    const site = siteOf({ stations: [stationOf("A", "SIP/a", "T")], trunks: [trunkOf("T")], accounts: [accountOf("a")] });
    assert.equal(withGeneratedEntries(site), site);
  });

  it("changes nothing when it is done again, whatever the objects are called (B7)", () => {
    const name = fc.constantFrom("a", "b", "a_b", "__proto__", "s", "_X.", "100");
    const device = fc.constantFrom("DAHDI/1", "SIP/p", "SIP/1@p", "Local/s@a");
    const trunk = fc.record({ name, device, autocontext: name, did: fc.array(name, { maxLength: 3 }), context: name });
    const station = fc.record({ name, autocontext: name, keys: fc.array(name, { maxLength: 3 }) });
    const native = fc.record({ number: name, context: name, devices: fc.array(name, { maxLength: 2 }) });
    const some = fc.record({ trunks: fc.array(trunk), stations: fc.array(station), extensions: fc.array(native), code: name });
    fc.assert(
      fc.property(some, ({ trunks, stations, extensions, code }) => {
        const site = siteOf({
          settings: { ...DEFAULT_SETTINGS, featureCodes: { callCompletionRequest: code }, emergency: ["112", code] },
          trunks: trunks.map((one) => trunkOf(one.name, one)),
          stations: stations.map((one) => ({ ...stationOf(one.name, "SIP/a", ...one.keys), autocontext: one.autocontext })),
          extensions: extensions.map((one) => ({ ...one, origin: "site.yaml:1" })),
          accounts: [accountOf("a")],
        });
        const once = withGeneratedEntries(site);
        assert.deepEqual(withGeneratedEntries(once), once);
      }),
      { numRuns: 300 },
    );
  });
});
