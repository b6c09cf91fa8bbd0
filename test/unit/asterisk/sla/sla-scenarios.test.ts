import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";
import { DialplanLookup } from "#domain/dialplan/dialplan-lookup";
import { LAYOUTS, layoutOf } from "#test/support/layouts";
import { replaced } from "#test/support/requirement-defects";
import { readFiles, type SiteFiles } from "#test/support/requirement-texts";

/** The files of a fixture. */
function fixture(name: string): SiteFiles {
  const folder = join(packageRoot, "test/fixtures/sites", name);
  return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

const NOTES: Readonly<Record<string, readonly string[]>> = {
  analog: ["SLA-I32 sla.conf device = DAHDI/1", "SLA-I32 sla.conf device = DAHDI/2"],
  alternate: ["SLA-I33 sla.conf [L2-0000FFFF0005](second-line)", "SLA-I33 sla.conf [L2-0000FFFF0006](second-line)"],
};

interface Twin {
  readonly defect: string;
  readonly of: string;
  readonly breaks: (files: SiteFiles) => SiteFiles;
  /** `CODE file the line it stands on`; what the fixture says by itself stays. */
  readonly found: readonly string[];
}

/** Broken twins of the fixtures: the defects of the printed examples (sla.md §6), one each. */
const TWINS: readonly Twin[] = [
  {
    defect: "D1: a template that says type = trunk for stations",
    of: "sip-trunks",
    breaks: replaced("sla.conf", "type = station", "type = trunk"),
    found: ["SLA-E07 sla.conf type = trunk"],
  },
  {
    defect: "D2: stations without a type",
    of: "shared-extension",
    breaks: replaced("sla.conf", "type = station\n", ""),
    found: ["SLA-E01 sla.conf [5001-phone1](shared)", "SLA-E01 sla.conf [5001-phone2](shared)"],
  },
  {
    defect: "D3: a blank in the context of a Local device",
    of: "sip-trunks",
    breaks: replaced("sla.conf", "@line1_outbound", "@line1_out bound"),
    found: ["SLA-W15 sla.conf device = Local/disa@line1_out bound"],
  },
  {
    defect: "D4: a blank in a device",
    of: "analog",
    breaks: replaced("sla.conf", "SIP/station3", "SIP/ station3"),
    found: ["SLA-W10 sla.conf device = SIP/ station3"],
  },
  {
    defect: "D26: a no-break blank behind the arrow",
    of: "analog",
    breaks: replaced("extensions.conf", "=> station3", "=>\u00a0station3"),
    found: [
      "station3,1,SLAStation(station3)",
      "station3_line1,1,SLAStation(station3_line1)",
      "station3_line1,hint,SLA:station3_line1",
      "station3_line2,1,SLAStation(station3_line2)",
      "station3_line2,hint,SLA:station3_line2",
    ].map((value) => `SLA-W20 extensions.conf exten => ${value}`),
  },
  {
    defect: "D27: a no-break blank at the beginning of a line",
    of: "sip-trunks",
    breaks: replaced("extensions.conf", "exten => station2,1", "\u00a0exten => station2,1"),
    found: ["SLA-W20 extensions.conf exten => station2,1,SLAStation(station2)"],
  },
  {
    defect: "D28: no-break blanks between a header and its comment",
    of: "alternate",
    breaks: replaced("sla.conf", "[T1]  ", "[T1]\u00a0\u00a0"),
    found: ["SLA-W20 sla.conf [T1] ; first line"],
  },
  {
    defect: "D23: a hyphen of the printed page in a name; comments are not looked at",
    of: "sip-trunks",
    breaks: (files) =>
      replaced("sla.conf", "; Two lines", "; al\u2010lowing")(replaced("sip.conf", "lent-by", "lent\u2010by")(files)),
    found: ["SLA-W20 sip.conf secret = lent‐by-the-provider"],
  },
  {
    defect: "D10: nothing catches a wrong number",
    of: "shared-extension",
    breaks: replaced("extensions.conf", "exten => i,1,Congestion(10)\n", ""),
    found: ["EXT-I06 extensions.conf same => n,Goto(${Request},1)"],
  },
  {
    defect: "D11: a number without a greatest length",
    of: "shared-extension",
    breaks: replaced("extensions.conf", "Read(Request,dial,4,i)", "Read(Request,dial,,i)"),
    found: ["EXT-I05 extensions.conf exten => disa,1,Read(Request,dial,,i)"],
  },
  {
    defect: "D12: nothing follows SLATrunk",
    of: "shared-extension",
    breaks: replaced("extensions.conf", "same => n,Playback(nobody-home)\n", ""),
    found: ["EXT-I08 extensions.conf exten => 5001,1,SLATrunk(5001)"],
  },
  {
    defect: "D20: a phone shows a number that leads nowhere",
    of: "callback",
    breaks: replaced("sip.conf", "[phone1](desk)", "[phone1](desk)\ncallerid = Phone 1 <7001>"),
    found: ["SLA-W23 sip.conf [phone1](desk)"],
  },
  {
    defect: "D22: phones that count no calls, with call completion",
    of: "callback",
    breaks: replaced("sip.conf", "callcounter = yes\n", ""),
    found: ["SLA-I34 sip.conf cc_agent_policy = generic"],
  },
  {
    defect: "D24: an extension without priority 1",
    of: "analog",
    breaks: replaced("extensions.conf", "exten => s,1,SLATrunk(line2)", "exten => s,2,SLATrunk(line2)"),
    found: ["SLA-W24 extensions.conf exten => s,2,SLATrunk(line2)"],
  },
  {
    defect: "D25: the end of a call by ringtimeout has no entry",
    of: "sip-trunks",
    breaks: replaced(
      "extensions.conf",
      "exten => s,1,SLATrunk(line1)\nsame => n,Playback(nobody-home)\n",
      "exten => s-UNANSWERED,1,Playback(nobody-home)\nexten => s,1,SLATrunk(line1)\nsame => n,Goto(s-${SLATRUNK_STATUS},1)\n",
    ),
    found: ["EXT-I09 extensions.conf same => n,Goto(s-${SLATRUNK_STATUS},1)"],
  },
];

describe("a layout with one defect of the printed examples", () => {
  for (const { defect, of, breaks, found } of TWINS)
    it(defect, async () => {
      const files = fixture(of);
      const broken = breaks(files);
      assert.notDeepEqual(broken, files);
      const reading = await readFiles(broken);
      assert.equal(reading.unusable, undefined);
      const notes = (NOTES[of] ?? []).map((note) => breaks({ "sla.conf": note })["sla.conf"] ?? note);
      assert.deepEqual([...reading.found].sort(), [...found, ...notes].sort());
    });

  it("D9: a line of the dialplan without a context rejects the file, and asks for one", async () => {
    const { diagnostics, unusable } = await readFiles(
      replaced("extensions.conf", "[pbx_extensions]\n", "")(fixture("shared-extension")),
    );
    assert.match(unusable ?? "", /^extensions\.conf is rejected as a whole/);
    const [first] = diagnostics.filter(({ file }) => file === "extensions.conf");
    assert.deepEqual([first?.code, first?.line, first?.column], ["CONF-E01", 3, 1]);
    assert.match(first?.message ?? "", /^key before any section: put a \[section\] line above/);
  });
});

describe("loading sla.conf (sla.md §8)", () => {
  const TRUNKS = "[line1]\ntype=trunk\ndevice=SIP/gate\n[line2]\ntype=trunk\ndevice=SIP/gate2\n";
  const ACCOUNTS = "[gate]\nsecret=q7k2\n[gate2]\nsecret=q7k2\n[a]\nsecret=q7k2\n[b]\nsecret=q7k2\n";

  /** Codes of what is found, hints left aside: these texts have no dialplan. */
  async function read(sla: string, extensions = ""): Promise<Awaited<ReturnType<typeof readFiles>> & { codes: string[] }> {
    const reading = await readFiles({ "sla.conf": sla, "sip.conf": ACCOUNTS, "extensions.conf": extensions });
    const codes = reading.diagnostics.filter(({ code }) => code !== "SLA-W16").map(({ code, line }) => `${line} ${code}`);
    return { ...reading, codes };
  }

  it("1: trunks, stations and hints of the first example, in the order of the file", async () => {
    const { site } = await readFiles(fixture("analog"));
    assert.deepEqual([site.trunks.length, site.stations.length, site.hints.length], [2, 4, 8]);
    assert.deepEqual(layoutOf(site), LAYOUTS.analog);
    const lookup = new DialplanLookup(site.dialplan);
    const callable = [1, 2, 3, 4].flatMap((phone) => ["", "_line1", "_line2"].map((key) => `station${phone}${key}`));
    const arguments_ = callable.map(
      (extension) => lookup.step({ context: "sla_stations", extension, callerNumber: "" }, 1)?.args,
    );
    assert.deepEqual(arguments_, callable);
  });

  it("2: the template line and its four stations are named in one finding (SLA-E07)", async () => {
    const { diagnostics, site } = await readFiles(replaced("sla.conf", "type = station", "type = trunk")(fixture("sip-trunks")));
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      [
        "[station1], [station2], [station3], [station4] have trunk lines but type = trunk from here: they look like stations, write type = station",
      ],
    );
    assert.deepEqual(layoutOf(site), { ...LAYOUTS.sipTrunks, stations: [] });
  });

  it("3: both phones without a type are told theirs, and the trunk is loaded (SLA-E01)", async () => {
    const { diagnostics, site } = await readFiles(replaced("sla.conf", "type = station\n", "")(fixture("shared-extension")));
    assert.ok(diagnostics.length === 2 && diagnostics.every(({ message }) => message.endsWith("did you mean type = station?")));
    assert.deepEqual(layoutOf(site).trunks, LAYOUTS.shared.trunks);
  });

  it("4: blanks around a modifier are accepted with a note that Asterisk would ignore it (SLA-I35)", async () => {
    const { site, codes, diagnostics } = await read(
      `${TRUNKS}[x]\ntype=station\ndevice=SIP/a\ntrunk = line1 , ringdelay = 5\ntrunk=line2\n`,
    );
    assert.deepEqual(site.stations[0]?.keys[0], { trunk: "line1", ringdelay: 5, ringtimeout: 0 });
    assert.deepEqual(codes, ["10 SLA-I35"]);
    assert.match(
      diagnostics.find(({ code }) => code === "SLA-I35")?.message ?? "",
      /Asterisk ignores .*write trunk = line1,ringdelay=5$/,
    );
  });

  it("5: a station before its trunk works (R1, SLA-W14)", async () => {
    const { site, codes } = await read(`[x]\ntype=station\ndevice=SIP/a\ntrunk=line1\ntrunk=line2\n${TRUNKS}`);
    assert.deepEqual(layoutOf(site).stations, ["x SIP/a line1 line2"]);
    assert.deepEqual(codes, ["4 SLA-W14", "5 SLA-W14"]);
  });

  it("6: a trunk without a device stops no other section (R9, SLA-E03)", async () => {
    const { site, codes } = await read(`[bad]\ntype=trunk\n${TRUNKS}[x]\ntype=station\ndevice=SIP/a\ntrunk=line1\ntrunk=line2\n`);
    assert.deepEqual([layoutOf(site).trunks.length, layoutOf(site).stations.length], [2, 1]);
    assert.deepEqual(codes, ["1 SLA-E03"]);
  });

  it("7: a station's own device wins over its template's (R2)", async () => {
    const { site, codes } = await read(
      `${TRUNKS}[t](!)\ntype=station\ndevice=SIP/a\ntrunk=line1\ntrunk=line2\n[s](t)\ndevice=SIP/b\n`,
    );
    assert.deepEqual([layoutOf(site).stations, codes], [["s SIP/b line1 line2"], []]);
  });

  it("9: a context with a blank in it is shown with the blank, and the right one is proposed (SLA-W15)", async () => {
    const { diagnostics } = await readFiles(replaced("sla.conf", "@line1_outbound", "@line1_out bound")(fixture("sip-trunks")));
    assert.match(diagnostics.map(({ message }) => message).join("\n"), /line1_out\u2423bound.*line1_outbound/);
  });

  it("11: block comments, escaped semicolons and indented keys", async () => {
    const { site, codes } = await read(
      `;-- not now\n[line9]\ntype=trunk\ndevice=SIP/gate\n--;\n${TRUNKS}[x]\n   type=station\n\tdevice=SIP/a\n  trunk=line1\n  trunk=line2\n autocontext=a\\;b\n`,
    );
    assert.deepEqual(layoutOf(site).trunks, ["line1 SIP/gate", "line2 SIP/gate2"]);
    assert.deepEqual([site.stations[0]?.autocontext, codes], ["a;b", []]);
  });
});
