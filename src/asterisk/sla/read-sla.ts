import { didYouMean, Suggestions } from "#domain/site/nearest";
import type { Diagnostic, Origin, Position } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Station, Trunk } from "#domain/site/site";
import { lastEntry, mergedSections, originOf, type ConfFile, type Section } from "../conf/conf-value.ts";
import { isMistyped, nameMistyped } from "./mistyped-stations.ts";
import { likelyType, mendTypes, type ReadOptions } from "./mend-types.ts";
import { readStationKeys, type KnownTrunks } from "./read-station-keys.ts";
import { readBoolean, readSeconds, sayInto, type Say } from "../options/read-values.ts";
import { nameForeignDevice, nameGeneralStrangers, nameStrangers, readAutocontext, readDevice, readHold } from "./sla-options.ts";

/** What `sla.conf` says. */
export interface SlaReading {
  readonly trunks: readonly Trunk[];
  readonly stations: readonly Station[];
  /** Names of sections that are no station for a mistake that is named. */
  readonly leftOut: readonly string[];
  /** Where their devices are written, by the origin of the object. */
  readonly devicePlaces: ReadonlyMap<Origin, Position>;
  /** As written in [general]. */
  readonly attemptCallerId?: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Characters that a phone's key may not be able to dial. */
const AWKWARD = /[\s"<>@;:&,/?#%\\]/;

/**
 * Reads `sla.conf` (sla.md §2.2 to §2.5) in two passes, so that the order of sections does not matter (R1); one bad object stops no other
 * (R9). `contexts`: those of extensions.conf, which people take for trunks.
 */
export function readSla(
  written: ConfFile,
  contexts: ReadonlySet<string> = new Set(),
  { repair = false }: ReadOptions = {},
): SlaReading {
  const diagnostics: Diagnostic[] = [];
  const say = sayInto(diagnostics);
  const conf = repair ? mendTypes(written, say) : written;
  const sections = mergedSections(conf, (section) => `${section.name.toLowerCase()} ${typeWord(section) ?? ""}`);
  const objects = sections.filter(({ name }) => name.toLowerCase() !== "general");
  const attemptCallerId = readAttemptCallerId(conf, say);
  for (const section of objects) checkType(section, say);
  nameMistyped(objects, say);
  const trunks = objects.flatMap((section) => readTrunk(section, say));
  const known: KnownTrunks = {
    byName: new Map(trunks.map(({ trunk, section }) => [trunk.name.toLowerCase(), { name: trunk.name, section }])),
    suggestions: new Suggestions(trunks.map(({ trunk }) => trunk.name)),
    contexts,
    unusable: unusableTrunks(objects),
  };
  const stations = distinctKeys(
    objects.flatMap((section) => readStation(section, known, say)),
    say,
  );
  noteUnused(trunks, stations, wantedTrunks(objects), say);
  return {
    trunks: trunks.map(({ trunk }) => trunk),
    stations: stations.map(({ station }) => station),
    leftOut: leftOutOf(objects, trunks, stations),
    devicePlaces: devicePlacesOf([...trunks, ...stations]),
    ...(attemptCallerId === undefined ? {} : { attemptCallerId }),
    diagnostics,
  };
}

interface TrunkSection {
  readonly trunk: Trunk;
  readonly section: Section;
}

interface StationSection {
  readonly station: Station;
  readonly section: Section;
}

function typeWord(section: Section): string | undefined {
  return lastEntry(section, "type")?.value.toLowerCase();
}

/** The one option of [general] (sla.md §2.2); the last one that is written. */
function readAttemptCallerId(conf: ConfFile, say: Say): boolean | undefined {
  let last: boolean | undefined;
  for (const section of conf.sections) {
    if (section.isTemplate || section.name.toLowerCase() !== "general") continue;
    nameGeneralStrangers(section, say);
    const written = lastEntry(section, "attemptcallerid");
    if (written !== undefined) last = readBoolean(written, false, say);
  }
  return last;
}

/** SLA-E01, SLA-E02 and names that are hard to dial. */
function checkType(section: Section, say: Say): void {
  const entry = lastEntry(section, "type");
  const at = { valueAt: section.at };
  const name = show(section.name);
  if (entry === undefined) {
    say("SLA-E01", at, `section [${name}] has no type: did you mean type = ${likelyType(section)}?`);
    return;
  }
  const word = entry.value.toLowerCase();
  if (word !== "trunk" && word !== "station") {
    const hint = didYouMean(word, ["trunk", "station"]);
    say("SLA-E02", entry, `type "${show(entry.value)}" of [${name}] is not known${hint}: write trunk or station`);
  } else if (AWKWARD.test(section.name)) {
    say("SLA-W27", at, `[${name}] holds characters that a key may not be able to dial: use letters, digits, - and .`);
  } else if (word === "station" && section.name.includes("_")) {
    say("SLA-W25", at, `[${name}] holds "_": accepted, but Asterisk takes what follows it for the trunk; write "-" instead`);
  }
}

function readTrunk(section: Section, say: Say): TrunkSection[] {
  if (typeWord(section) !== "trunk" || isMistyped(section)) return [];
  nameStrangers(section, "trunk", say);
  const device = readDevice(section, say);
  if (device === undefined) return [];
  nameForeignDevice(section, device, say);
  const barge = lastEntry(section, "barge");
  const trunk: Trunk = {
    name: section.name,
    device,
    ...readAutocontext(section),
    ringtimeout: secondsOf(section, "ringtimeout", say),
    barge: barge === undefined || readBoolean(barge, true, say),
    hold: readHold(section, say),
    origin: originOf(section),
  };
  return [{ trunk, section }];
}

function readStation(section: Section, trunks: KnownTrunks, say: Say): StationSection[] {
  if (typeWord(section) !== "station") return [];
  nameStrangers(section, "station", say);
  const device = readDevice(section, say);
  if (device === undefined) return [];
  nameForeignDevice(section, device, say);
  const ringdelay = secondsOf(section, "ringdelay", say);
  const station: Station = {
    name: section.name,
    device,
    keys: readStationKeys(section, trunks, ringdelay, say),
    ...readAutocontext(section),
    ringdelay,
    ringtimeout: secondsOf(section, "ringtimeout", say),
    hold: readHold(section, say),
    origin: originOf(section),
  };
  return [{ station, section }];
}

function secondsOf(section: Section, key: string, say: Say): number {
  const entry = lastEntry(section, key);
  return entry === undefined ? 0 : readSeconds(entry, say);
}

/** Two pairs of station and trunk may spell the same `station_trunk`: the first has it (R7, SLA-E06). */
function distinctKeys(stations: readonly StationSection[], say: Say): StationSection[] {
  const taken = new Set<string>();
  return stations.map(({ station, section }) => {
    const keys = station.keys.filter(({ trunk }) => {
      const id = `${station.name}_${trunk}`.toLowerCase();
      const isFree = !taken.has(id);
      taken.add(id);
      const message = `key ${show(`${station.name}_${trunk}`)} is also the name of another station's key, which has it: write "-" for "_"`;
      if (!isFree) say("SLA-E06", { valueAt: section.at }, message);
      return isFree;
    });
    return { station: { ...station, keys }, section };
  });
}

/** Sections that are no station, so that a station may mean them by its keys. */
function unusableTrunks(sections: readonly Section[]): ReadonlyMap<string, Position> {
  const others = sections.filter((section) => typeWord(section) !== "station");
  return new Map(others.map(({ name, at }) => [name.toLowerCase(), at]));
}

/** Trunks that some section asks for, in lower case, also one that is no station for another mistake. */
function wantedTrunks(sections: readonly Section[]): ReadonlySet<string> {
  const entries = sections.flatMap((section) => section.entries.filter(({ key }) => key === "trunk"));
  return new Set(entries.map(({ value }) => (value.split(",")[0] ?? "").trim().toLowerCase()));
}

function leftOutOf(
  sections: readonly Section[],
  trunks: readonly TrunkSection[],
  stations: readonly StationSection[],
): readonly string[] {
  const read = new Set([...trunks, ...stations].map(({ section }) => section));
  return sections.filter((section) => !read.has(section)).map(({ name }) => name);
}

function devicePlacesOf(objects: readonly (TrunkSection | StationSection)[]): ReadonlyMap<Origin, Position> {
  return new Map(
    objects.flatMap(({ section }) => {
      const entry = lastEntry(section, "device");
      return entry === undefined ? [] : [[originOf(section), entry.valueAt]];
    }),
  );
}

function noteUnused(
  trunks: readonly TrunkSection[],
  stations: readonly StationSection[],
  wanted: ReadonlySet<string>,
  say: Say,
): void {
  for (const { trunk, section } of trunks)
    if (!wanted.has(trunk.name.toLowerCase()))
      say(
        "SLA-I30",
        { valueAt: section.at },
        `no station has a key for trunk ${show(trunk.name)}: add trunk = ${show(trunk.name)}`,
      );
  for (const { station, section } of stations)
    if (station.keys.length === 0)
      say("SLA-I30", { valueAt: section.at }, `station ${show(station.name)} has no keys: add trunk = … lines`);
}
