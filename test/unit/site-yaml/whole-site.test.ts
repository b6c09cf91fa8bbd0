import assert from "node:assert/strict";
import { formatDiagnostic } from "#domain/site/diagnostic";
import { phoneKeys } from "#domain/site/phone-keys";
import { readYamlSite } from "#site-yaml/read-yaml-site";
import { WHOLE_SITE } from "./whole-site.ts";

function linesOf(...lines: string[]): string[] {
  return readYamlSite(lines.join("\n"), "site.yaml").diagnostics.map(formatDiagnostic);
}

describe("readYamlSite, of all that a site holds", () => {
  const { site, diagnostics } = readYamlSite(WHOLE_SITE, "site.yaml");

  it("says nothing to it", () => {
    assert.deepEqual(diagnostics.map(formatDiagnostic), []);
  });

  it("reads settings, codes and limits (design §9.23)", () => {
    const { dahdi, ...settings } = site.settings;
    assert.deepEqual(settings, {
      attemptCallerId: false,
      compat: { sla: "asterisk", cc: "product" },
      featureCodes: { callCompletionRequest: "*30", callCompletionCancel: "*31" },
      emergency: ["190", "193"],
      cc: { enabled: true, maxRequests: 40, deviceStates: { available: "NOT_INUSE", calleeReady: "RINGING" } },
      limits: {
        subscriptionsPerAccount: 500,
        subscriptions: 9000,
        contactsPerAccount: 3,
        openTransactions: 5000,
        wrongPasswordsPerAccount: 9,
        wrongPasswordsPerSource: 90,
        unauthenticatedPerSecond: 50,
        unauthenticatedBurst: 60,
        wrongPasswordWindowSeconds: 60,
        banSeconds: 5,
        banMaxSeconds: 50,
        publications: 70,
        publicationsPerAccount: 7,
        publicationsPerResource: 8,
        publishedDevices: 80,
        connections: 90,
        connectionsPerSource: 9,
        httpConnectionsPerSource: 19,
        idleSeconds: 29,
        headers: 64,
        headerBytes: 2048,
        headerSectionBytes: 4096,
        bodyBytes: 5000,
        xmlDepth: 12,
        xmlElements: 500,
        xmlAttributes: 16,
      },
    });
    assert.deepEqual(
      dahdi.map(({ channel, account, origin }) => `${channel} ${account} ${origin}`),
      ["1 gate1 site.yaml:8", "g1 gate2 site.yaml:8"],
    );
  });

  it("reads stations beside those of lines × phones, whose phone is named or follows from the device", () => {
    assert.deepEqual(
      site.stations.map(({ name, device, autocontext }) => `${name} ${device} ${autocontext ?? ""}`),
      ["L2-0000FFFF0005 SIP/0000FFFF0005 desks", "desk6 SIP/Desk6 desks", "wall DAHDI/2 walls"],
    );
    assert.deepEqual(site.stations[1]?.keys, [
      { trunk: "line1", label: "Shop", ringdelay: 0, ringtimeout: 0 },
      { trunk: "line2", label: "Two", ringdelay: 5, ringtimeout: 15 },
    ]);
    const [, phone] = site.phones;
    assert.deepEqual(phone === undefined ? [] : phoneKeys(site, phone).map(({ address, label }) => `${address} ${label}`), [
      "desk6_line1 Shop",
      "desk6_line2 Two",
    ]);
    assert.deepEqual(
      site.hints.map(({ extension, context, devices }) => `${extension}@${context} ${devices.join("&")}`),
      [
        "L2-0000FFFF0005_line2@desks SLA:L2-0000FFFF0005_line2",
        "desk6_line1@desks SLA:desk6_line1",
        "desk6_line2@desks SLA:desk6_line2",
        "wall_line1@walls SLA:wall_line1",
        "200@desks SIP/Desk6&SIP/gate1",
        "_7XXX@desks SIP/${EXTEN}",
        "300@in SIP/Desk6",
      ],
    );
  });

  it("reads every field of an account", () => {
    const [desk, gate, own] = site.accounts;
    assert.deepEqual(desk, {
      name: "Desk6",
      secret: "x",
      authUser: "d6",
      context: "desks",
      subscribeContext: "all",
      mailbox: "100@default",
      unsolicitedMwi: true,
      allowSubscribe: false,
      seesCallers: false,
      directMedia: false,
      origin: "site.yaml:29",
    });
    assert.equal(gate?.md5secret, "0123456789abcdef0123456789abcdef");
    assert.equal(gate.subscribeContext, "in");
    assert.deepEqual(gate.acl, [
      { action: "deny", network: "0.0.0.0/0" },
      { action: "permit", network: "192.168.0.0/16" },
    ]);
    assert.deepEqual([gate.transports, gate.insecure, gate.cc?.monitorPolicy], [["tcp", "udp"], ["port", "invite"], "always"]);
    assert.equal(gate.registration?.expirySeconds, 120);
    assert.deepEqual([own?.name, own?.secret, site.accounts.length], ["0000FFFF0005", "s3cret", 3]);
  });

  it("reads a dialplan, extensions and tones", () => {
    const [context] = site.dialplan.contexts;
    assert.deepEqual(
      context?.extensions.map(({ name, callerId, steps }) => [
        callerId === undefined ? name : `${name}/${callerId}`,
        ...steps.map(({ priority, label, application, args }) => `${priority} ${label ?? "-"} ${application}(${args})`),
      ]),
      [
        ["s", "1 - SLATrunk(line1)"],
        ["_X.", "1 start Set(a=${EXTEN:1:1})", "5 - Goto(s,1)", "6 - Hangup()"],
        ["5001/2565", "1 - Busy()"],
      ],
    );
    assert.deepEqual(
      context.includes.map(({ context: name, times }) => [name, times]),
      [
        ["desks", undefined],
        ["night", "17:00-9:00,*,*,*"],
      ],
    );
    assert.deepEqual(
      site.dialplan.globals.map(({ name, value }) => `${name}=${value}`),
      ["A=b", "EMPTY="],
    );
    assert.deepEqual(
      site.extensions.map(({ origin: _origin, ...extension }) => extension),
      [
        { number: "100", context: "all", devices: ["SIP/Desk6"], dial: "SIP/Desk6,30", label: "Desk" },
        { number: "100", context: "in", devices: [], dial: "" },
      ],
    );
    assert.deepEqual(site.indications, {
      country: "br",
      zones: [
        {
          name: "br",
          description: "Brazil",
          ringCadence: [1000, 4000],
          tones: [
            { name: "dial", list: "425" },
            { name: "busy", list: "425/250,0/250" },
          ],
        },
      ],
    });
  });
});

describe("readYamlSite, of mistakes", () => {
  it("names the form of a list when a map stands in it", () => {
    assert.deepEqual(linesOf("lines:", "  - {}"), [
      'site.yaml:2:5 YAML-E02 lines is a list of names ("- T1"), or a map: write "T1: { device: … }" without the dash',
    ]);
  });

  it("names stations that cannot be (YAML-E09)", () => {
    assert.deepEqual(
      linesOf(
        "lines: [A]",
        "phones: {000000000001: }",
        "stations:",
        "  l1-000000000001: {device: SIP/a}",
        "  b c: {device: SIP/a}",
        "  d: {keys: A}",
        "  e: {device: SIP}",
        "  f: {phone: x, device: SIP/a, keys: [A, a, B]}",
      ),
      [
        'site.yaml:4:3 YAML-E09 station "l1-000000000001" is there already: the first is used, remove one',
        'site.yaml:5:3 YAML-E09 station "b c" is left out: write 1 to 79 letters, digits, - or .',
        'site.yaml:6:3 YAML-E09 station "d" has no device: write device: Tech/resource, for example SIP/100',
        'site.yaml:7:3 YAML-E09 station "e" has device "SIP": write device: Tech/resource, for example SIP/100',
        'site.yaml:8:3 YAML-E03 phone "x" is no MAC address: write 12 hexadecimal digits',
        'site.yaml:8:42 YAML-E09 key f_A is there already: remove one, or write "-" for "_"',
        'site.yaml:8:45 YAML-E04 line "B" is not defined (did you mean "A"?): add it to lines, or remove it here',
      ],
    );
  });

  it("names accounts, extensions, channels and tones that cannot be (YAML-E10, E11, E13, E14, W06)", () => {
    assert.deepEqual(
      linesOf(
        "accounts: {a b: {}, 000000000001: {registration: {server: x}}}",
        "phones: {000000000001: {secret: x}}",
        "extensions: {1 0: {}, 100: {}, 100@default: {}}",
        "dahdi: {x: {account: a}, 1: {}}",
        "tones: {a b: {}}",
      ),
      [
        'site.yaml:1:12 YAML-E10 account "a b" may not hold blanks or any of @ : ; " < > /: rename it',
        'site.yaml:1:21 YAML-E10 registration of account "000000000001" is left out: write its server and its username',
        "site.yaml:2:10 YAML-W06 secret of this phone has no effect, its account is written: move it to accounts: 000000000001",
        'site.yaml:5:9 YAML-E14 tones of "a b" are left out: write a country once, for example br',
        'site.yaml:4:9 YAML-E13 dahdi "x" is left out: write 1: { account: NAME }, or g1: for a group',
        'site.yaml:4:26 YAML-E13 dahdi "1" is left out: write 1: { account: NAME }, or g1: for a group',
        'site.yaml:3:14 YAML-E11 extension "1 0" is left out: write "100": or "100@CONTEXT":',
        'site.yaml:3:32 YAML-E11 extension "100@default" stands twice: the first is used, remove one',
      ],
    );
  });

  it("names parts of a dialplan that cannot be (YAML-E12)", () => {
    assert.deepEqual(
      linesOf(
        "contexts:",
        "  general: {}",
        "  a:",
        "    extensions:",
        "      1 2: NoOp()",
        "      s: [NoOp(, {label: x}, {priority: 1, run: A()}, {priority: 1, run: B()}]",
        "globals: {A B: x}",
      ),
      [
        'site.yaml:2:3 YAML-E12 context "general" is left out: write a name of 1 to 79 characters, not general or globals',
        'site.yaml:5:7 YAML-E12 extension "1 2" is left out: write a number, a name, a pattern like _X., or EXTENSION/CALLER, without blanks',
        "site.yaml:6:11 YAML-E12 a step is left out: write Application(arguments)",
        "site.yaml:6:18 YAML-E12 a step is left out: write Application(arguments)",
        "site.yaml:6:55 YAML-E12 priority 1 stands twice: the first is used, remove one",
        'site.yaml:7:11 YAML-E12 variable "A B" is left out: write a name without blanks or =',
      ],
    );
  });
});
