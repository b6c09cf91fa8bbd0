import { didYouMean } from "#domain/site/nearest";
import type { Diagnostic } from "#domain/site/diagnostic";
import type { Station, StationKey, Trunk } from "#domain/site/site";
import { lastEntry, type ConfFile, type Entry, type Section } from "./conf-value.ts";
import { show } from "./parse-conf.ts";
import { readBoolean, readSeconds, sayInto, type Say } from "./read-values.ts";

/** What `sla.conf` says. */
export interface SlaReading {
  readonly trunks: readonly Trunk[];
  readonly stations: readonly Station[];
  readonly attemptCallerId: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

const TRUNK_OPTIONS = ["type", "device", "autocontext", "ringtimeout", "barge", "hold"];
const STATION_OPTIONS = ["type", "device", "trunk", "autocontext", "ringtimeout", "ringdelay", "hold"];

/** Reads `sla.conf` (sla.md §2.2 to §2.5) in two passes, so that the order of sections does not matter (R1); one bad object stops no other (R9). */
export function readSla(conf: ConfFile): SlaReading {
  const diagnostics: Diagnostic[] = [];
  const say = sayInto(diagnostics);
  const sections = merged(conf.sections.filter((section) => !section.isTemplate));
  const objects = sections.filter((section) => section.name.toLowerCase() !== "general");
  const general = sections.find((section) => section.name.toLowerCase() === "general");
  const callerId = general === undefined ? undefined : lastEntry(general, "attemptcallerid");
  const trunks = objects
    .filter((section) => typeOf(section, say, diagnostics) === "trunk")
    .flatMap((section) => readTrunk(section, say, diagnostics));
  const stationSections = objects.filter((section) => typeWord(section) === "station");
  const stations = stationSections.flatMap((section) => readStation(section, trunks, say, diagnostics));
  noteUnused(trunks, stations, objects, diagnostics);
  return { trunks, stations, attemptCallerId: callerId !== undefined && readBoolean(callerId, false, say), diagnostics };
}

/** The same name twice is one object: the second updates the first (sla.md §2.1). */
function merged(sections: readonly Section[]): Section[] {
  const byName = new Map<string, Section>();
  for (const section of sections) {
    const key = `${section.name.toLowerCase()} ${typeWord(section) ?? ""}`;
    const before = byName.get(key);
    byName.set(key, before === undefined ? section : { ...before, entries: [...before.entries, ...section.entries] });
  }
  return [...byName.values()];
}

function typeWord(section: Section): string | undefined {
  return lastEntry(section, "type")?.value.toLowerCase();
}

function typeOf(section: Section, say: Say, diagnostics: Diagnostic[]): string | undefined {
  const entry = lastEntry(section, "type");
  if (entry === undefined) {
    const hasTrunks = section.entries.some(({ key }) => key === "trunk");
    diagnostics.push({
      ...section.at,
      code: "SLA-E01",
      message: `section [${show(section.name)}] has no type: did you mean type = ${hasTrunks ? "station" : "trunk"}?`,
    });
    return undefined;
  }
  const word = entry.value.toLowerCase();
  if (word !== "trunk" && word !== "station") {
    say(
      "SLA-E02",
      entry,
      `type "${show(entry.value)}" is not known: write trunk or station${didYouMean(word, ["trunk", "station"])}`,
    );
    return undefined;
  }
  return word;
}

function readTrunk(section: Section, say: Say, diagnostics: Diagnostic[]): Trunk[] {
  const stationLine = lastEntry(section, "trunk");
  if (stationLine !== undefined) {
    const type = lastEntry(section, "type");
    say(
      "SLA-E07",
      type ?? stationLine,
      `[${show(section.name)}] has trunk lines but type = trunk: it looks like a station, write type = station`,
    );
    return [];
  }
  nameStrangers(section, TRUNK_OPTIONS, "trunk", STATION_OPTIONS, say);
  const device = readDevice(section, say, diagnostics);
  if (device === undefined) return [];
  const autocontext = lastEntry(section, "autocontext")?.value;
  const barge = lastEntry(section, "barge");
  const ringtimeout = lastEntry(section, "ringtimeout");
  return [
    {
      name: section.name,
      device,
      ...(autocontext === undefined || autocontext === "" ? {} : { autocontext }),
      ringtimeout: ringtimeout === undefined ? 0 : readSeconds(ringtimeout, say),
      barge: barge === undefined || readBoolean(barge, true, say),
      hold: readHold(section, say),
      origin: originOf(section),
    },
  ];
}

function readStation(section: Section, trunks: readonly Trunk[], say: Say, diagnostics: Diagnostic[]): Station[] {
  nameStrangers(section, STATION_OPTIONS, "station", TRUNK_OPTIONS, say);
  const device = readDevice(section, say, diagnostics);
  if (device === undefined) return [];
  const autocontext = lastEntry(section, "autocontext")?.value;
  const seconds = (key: string): number => {
    const entry = lastEntry(section, key);
    return entry === undefined ? 0 : readSeconds(entry, say);
  };
  const keys = new Map<string, StationKey>();
  for (const entry of section.entries.filter(({ key }) => key === "trunk")) {
    const key = readKey(entry, trunks, say);
    if (key !== undefined) keys.set(key.trunk, key);
  }
  return [
    {
      name: section.name,
      device,
      keys: [...keys.values()],
      ...(autocontext === undefined || autocontext === "" ? {} : { autocontext }),
      ringdelay: seconds("ringdelay"),
      ringtimeout: seconds("ringtimeout"),
      hold: readHold(section, say),
      origin: originOf(section),
    },
  ];
}

/** `trunk = name[,ringtimeout=N][,ringdelay=N]` (sla.md §2.5, blanks allowed by R3). */
function readKey(entry: Entry, trunks: readonly Trunk[], say: Say): StationKey | undefined {
  const [name = "", ...modifiers] = entry.value.split(",").map((part) => part.trim());
  const trunk = trunks.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (trunk === undefined) {
    const names = trunks.map((known) => known.name);
    say(
      "SLA-E05",
      entry,
      `trunk "${show(name)}" is not defined${didYouMean(name, names)}: define [${show(name)}] with type = trunk, or remove this line`,
    );
    return undefined;
  }
  let ringdelay = 0;
  let ringtimeout = 0;
  for (const modifier of modifiers) {
    const [key = "", value] = modifier.split("=").map((part) => part.trim());
    const word = key.toLowerCase();
    if (value === undefined || (word !== "ringdelay" && word !== "ringtimeout")) {
      say("SLA-E08", entry, `"${show(modifier)}" is not a modifier: write ringtimeout=N or ringdelay=N, and one trunk per line`);
      continue;
    }
    const seconds = readSeconds({ key: word, value, valueAt: entry.valueAt }, say);
    if (word === "ringdelay") ringdelay = seconds;
    else ringtimeout = seconds;
  }
  if (ringtimeout > 0 && ringtimeout <= ringdelay)
    say("SLA-W18", entry, `ringtimeout ${ringtimeout} is not above ringdelay ${ringdelay}: this phone would never ring`);
  return { trunk: trunk.name, ringdelay, ringtimeout };
}

function readDevice(section: Section, say: Say, diagnostics: Diagnostic[]): string | undefined {
  const entry = lastEntry(section, "device");
  if (entry === undefined) {
    diagnostics.push({
      ...section.at,
      code: "SLA-E03",
      message: `[${show(section.name)}] has no device: write device = Tech/resource, for example SIP/${show(section.name)}`,
    });
    return undefined;
  }
  const slash = entry.value.indexOf("/");
  const technology = entry.value.slice(0, Math.max(0, slash)).trim();
  const resource = entry.value.slice(slash + 1).trim();
  if (technology === "" || resource === "") {
    say(
      "SLA-E04",
      entry,
      `device "${show(entry.value)}" has no ${technology === "" ? "technology before" : "resource after"} the "/": write Tech/resource, for example SIP/100`,
    );
    return undefined;
  }
  const device = `${technology}/${resource}`;
  if (device !== entry.value) say("SLA-W10", entry, `blank in device "${show(entry.value)}": "${show(device)}" is used`);
  return device;
}

function readHold(section: Section, say: Say): "open" | "private" {
  const entry = lastEntry(section, "hold");
  const word = entry?.value.toLowerCase();
  if (entry === undefined || word === "open") return "open";
  if (word === "private") return "private";
  say("SLA-W13", entry, `hold "${show(entry.value)}" is neither open nor private: open is used`);
  return "open";
}

function nameStrangers(section: Section, known: readonly string[], type: string, elsewhere: readonly string[], say: Say): void {
  for (const entry of section.entries) {
    if (known.includes(entry.key)) continue;
    const place = elsewhere.includes(entry.key)
      ? `it belongs to a ${type === "trunk" ? "station" : "trunk"}`
      : `not known${didYouMean(entry.key, known)}`;
    say("SLA-W11", entry, `${show(entry.writtenKey)} is ignored for a ${type}: ${place}`);
  }
}

function noteUnused(
  trunks: readonly Trunk[],
  stations: readonly Station[],
  sections: readonly Section[],
  diagnostics: Diagnostic[],
): void {
  const used = new Set(stations.flatMap((station) => station.keys.map((key) => key.trunk)));
  const note = (name: string, message: string): void => {
    const section = sections.find((known) => known.name === name);
    if (section !== undefined) diagnostics.push({ ...section.at, code: "SLA-I30", message });
  };
  for (const trunk of trunks) if (!used.has(trunk.name)) note(trunk.name, `no station has a key for trunk ${show(trunk.name)}`);
  for (const station of stations)
    if (station.keys.length === 0) note(station.name, `station ${show(station.name)} has no keys: add trunk = … lines`);
}

function originOf(section: Section): string {
  return `${section.at.file}:${section.at.line}`;
}
