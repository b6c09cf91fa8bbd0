import type { ChapterName, SiteFiles, Typed } from "./requirement-texts.ts";

/**
 * A defect of a printed example (sla.md §6): what is found, each as `CODE file the line it stands on`, and the text replacement that the
 * finding names. A fix takes away the findings of its own row and no others.
 */
export interface Defect {
  readonly number: string;
  readonly found: readonly string[];
  readonly fix: (files: SiteFiles) => SiteFiles;
}

/** An example as an admin pastes it, with what the text leaves to him beside it. */
export interface Example {
  readonly files: (typed: Typed) => SiteFiles;
  readonly defects: readonly Defect[];
  /** What is said of the mended example too: things to know. */
  readonly notes: readonly string[];
}

/** D10: a wrong number, and none. */
function wrongNumbers(times: number): Defect {
  const line = "same => n,Goto(${Request},1)";
  return {
    number: "D10",
    found: Array.from({ length: times }, () => `EXT-I06 extensions.conf ${line}`),
    fix: replaced("extensions.conf", line, `${line}\nexten => i,1,Congestion()`),
  };
}

/** D12: callers whom nobody answers. */
function leftAlone(lines: readonly string[]): Defect {
  return {
    number: "D12",
    found: lines.map((line) => `EXT-I08 extensions.conf ${line}`),
    fix: replaced("extensions.conf", /^exten => \w+,1,SLATrunk\(.*\)$/gm, "$&\nsame => n,NoOp(${SLATRUNK_STATUS})"),
  };
}

/** Accounts that the text takes for granted. */
export function accountsOf(names: readonly string[], context: string): string {
  return `[general]\n${names.map((name) => `[${name}]\nsecret = ${name}-q7k2\ncontext = ${context}\n`).join("")}`;
}

/** Replaces a text in one file, wherever it stands. */
export function replaced(file: string, from: string | RegExp, to: string): (files: SiteFiles) => SiteFiles {
  return (files) => {
    const written = files[file] ?? "";
    const text = typeof written === "string" ? written : written.join("\n");
    return { ...files, [file]: text.replaceAll(from, to) };
  };
}

const STATIONS = ["station1", "station2", "station3", "station4"];
const PROVIDER = "[my_itsp]\ntype = peer\nhost = sip.provider.example\ncontext = from-provider\n";

const analog: Example = {
  // The stations are printed twice, each on its own and with a template: the second form takes the place of the first.
  files: ({ files }) => {
    const blocks = files["sla.conf"] ?? [];
    const template = blocks.findIndex((block) => block.includes("(!)"));
    return {
      ...files,
      "sla.conf": [...blocks.slice(0, 1), ...blocks.slice(template)],
      "sip.conf": accountsOf(STATIONS, "sla_stations"),
    };
  },
  defects: [
    {
      number: "D26",
      found: [
        "station2_line1,hint,SLA:station2_line1",
        "station2_line1,1,SLAStation(station2_line1)",
        "station2_line2,hint,SLA:station2_line2",
        "station2_line2,1,SLAStation(station2_line2)",
        "station3,1,SLAStation(station3)",
        "station3_line1,hint,SLA:station3_line1",
        "station3_line1,1,SLAStation(station3_line1)",
        "station3_line2,hint,SLA:station3_line2",
        "station3_line2,1,SLAStation(station3_line2)",
        "station4,1,SLAStation(station4)",
      ].map((value) => `SLA-W20 extensions.conf exten => ${value}`),
      fix: replaced("extensions.conf", "\u00a0", " "),
    },
  ],
  notes: ["SLA-I32 sla.conf device = DAHDI/1", "SLA-I32 sla.conf device = DAHDI/2"],
};

const sipTrunks: Example = {
  files: ({ files }) => ({
    ...files,
    "sip.conf": `${accountsOf(STATIONS, "sla_stations")}[myprovider]\ntype = peer\nhost = sip.provider.example\nsecret = q7k2\ncontext = line1\n`,
  }),
  defects: [
    {
      number: "D1",
      found: ["SLA-E07 sla.conf type = trunk"],
      fix: replaced("sla.conf", "[station](!)\ntype = trunk", "[station](!)\ntype = station"),
    },
    {
      number: "D27",
      found: ["SLA-W20 extensions.conf exten => station2,1,SLAStation(station2)"],
      fix: replaced("extensions.conf", "\u00a0", " "),
    },
    wrongNumbers(2),
    leftAlone(["exten => s,1,SLATrunk(line1)", "exten => s,1,SLATrunk(line2)"]),
  ],
  notes: [],
};

const alternate: Example = {
  files: ({ files }) => ({
    ...files,
    "sip.conf": `${accountsOf(["0000FFFF0005", "0000FFFF0006"], "LocalSets")}${PROVIDER}secret = q7k2\n`,
  }),
  defects: [
    {
      number: "D28",
      found: ["5] ; Line 1", "5] ; Line 2", "6] ; Line 1", "6] ; Line 2"].map(
        (end) => `SLA-W20 sla.conf [L${end.at(-1) ?? ""}-0000FFFF000${end}`,
      ),
      fix: replaced("sla.conf", "\u00a0", " "),
    },
    {
      number: "D13",
      found: ["EXT-I07 extensions.conf same => n,Dial(SIP/my_itsp/${Request})"],
      fix: replaced(
        "extensions.conf",
        "same => n,Dial(SIP/my_itsp/${Request})",
        'same => n,GotoIf($["${Request}" = ""]?none)\n$&\nsame => n,Hangup()\nsame => n(none),Congestion()',
      ),
    },
    {
      number: "D14",
      found: ["SLA-I31 extensions.conf same => n,SLATrunk(T${slaLineId})"],
      fix: replaced("sip.conf", "context = from-provider", "context = SLA_Inbound"),
    },
  ],
  notes: ["SLA-I33 sla.conf [L2-0000FFFF0005] ; Line 2", "SLA-I33 sla.conf [L2-0000FFFF0006] ; Line 2"],
};

const shared: Example = {
  files: ({ files, loose }) => ({
    ...files,
    "extensions.conf": ["[pbx_extensions]", ...loose, ...(files["extensions.conf"] ?? [])],
    "sip.conf": accountsOf(["5001_phone1", "5001_phone2"], "5001"),
  }),
  defects: [
    {
      number: "D2",
      found: ["SLA-E01 sla.conf [5001-phone1]", "SLA-E01 sla.conf [5001-phone2]"],
      fix: replaced("sla.conf", /^\[5001-phone\d\]$/gm, "$&\ntype = station"),
    },
    wrongNumbers(1),
    {
      number: "D11",
      found: ["EXT-I05 extensions.conf exten => disa,1,Read(Request,dial,,i)"],
      fix: replaced("extensions.conf", "Read(Request,dial,,i)", "Read(Request,dial,11,i)"),
    },
    leftAlone(["exten => 5001,1,SLATrunk(5001)"]),
  ],
  notes: [],
};

const callback: Example = {
  files: ({ files }) => ({
    ...files,
    "sip.conf": (files["sip.conf"] ?? []).join("\n").replaceAll(/^\[phone\d\]$/gm, "$&\nsecret = q7k2-$&\ncontext = phones"),
  }),
  defects: [],
  notes: [],
};

const portuguese: Example = {
  files: ({ files, loose }) => ({
    ...files,
    "sip.conf": ["1200", "1201"].map((name) => `${accountsOf([name], "internal_services")}${loose.join("\n")}`),
  }),
  defects: [],
  notes: [],
};

export const EXAMPLES: Readonly<Record<Exclude<ChapterName, "markAndRichard">, Example>> = {
  analog,
  sipTrunks,
  alternate,
  shared,
  callback,
  portuguese,
};
