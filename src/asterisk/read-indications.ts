import type { Diagnostic } from "#domain/site/diagnostic";
import { nearest } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import { BUILTIN_ZONES, US_ZONE } from "#domain/tone/builtin-zones";
import { parseToneList } from "#domain/tone/tone-list";
import type { Indications, NamedTone, ToneZone } from "#domain/tone/tone-zone";
import { DEFAULT_COUNTRY } from "#domain/tone/zone-tones";
import { mergedSections, type ConfFile, type Entry, type Section } from "./conf/conf-value.ts";
import { KnownWords, LineFindings } from "./options/line-findings.ts";
import type { Say } from "./options/read-values.ts";
import { SectionOptions } from "./options/section-options.ts";

/** What `indications.conf` says. */
export interface IndicationsReading {
  readonly indications: Indications;
  readonly diagnostics: readonly Diagnostic[];
}

const ZONES_MAX = 500;
const TONES_MAX = 100;
const CADENCE_MAX = 20;
const CADENCE_MAX_MS = 60_000;
/** Options of a zone that are no tone. */
const NO_TONES = new Set(["description", "ringcadence", "ringcadance", "alias"]);
/** Names that programs ask for; a zone may have others for Playtones. */
const USUAL_TONES = US_ZONE.tones.map(({ name }) => name);

/** Reads tone zones (sla.md §5.7). A tone that cannot be read is named and left out: the built-in one is heard instead. */
export function readIndications(conf: ConfFile): IndicationsReading {
  const findings = new LineFindings();
  const { say } = findings;
  const sections = mergedSections(conf, ({ name }) => name.toLowerCase());
  const general = sections.find(isGeneral);
  const ofZones = sections.filter((section) => !isGeneral(section));
  for (const { at } of ofZones.slice(ZONES_MAX))
    say("CONF-W35", { valueAt: at }, `more than ${ZONES_MAX} zones: this one is left out`);
  const read = ofZones.slice(0, ZONES_MAX).map((section) => readZone(section, say));
  const zones = resolveAliases(read, say);
  return { indications: { country: readCountry(general, zones, say), zones }, diagnostics: findings.diagnostics };
}

function isGeneral({ name }: Section): boolean {
  return name.toLowerCase() === "general";
}

function readCountry(general: Section | undefined, zones: readonly ToneZone[], say: Say): string {
  if (general === undefined) return DEFAULT_COUNTRY;
  for (const { key, writtenKey, at } of general.entries)
    if (key !== "country")
      say("CONF-W34", { valueAt: at }, `${show(writtenKey)} is not known in [general]: it is ignored, only country is read`);
  const entry = new SectionOptions(general).entry("country");
  if (entry === undefined) return DEFAULT_COUNTRY;
  const country = entry.value.toLowerCase();
  const known = KnownWords.ofFile([...zones.map(({ name }) => name), ...BUILTIN_ZONES.keys()]);
  if (known.has(country)) return country;
  const message = `country "${show(entry.value)}" has no zone${known.near(country)}: ${DEFAULT_COUNTRY} is used, add [${show(country)}]`;
  say("CONF-W32", entry, message);
  return DEFAULT_COUNTRY;
}

interface ReadZone {
  readonly zone: ToneZone;
  readonly alias: Entry | undefined;
}

function readZone(section: Section, say: Say): ReadZone {
  const options = new SectionOptions(section);
  const name = section.name.toLowerCase();
  const tones = new Map<string, NamedTone>();
  for (const entry of section.entries) {
    if (NO_TONES.has(entry.key)) continue;
    const tone = readTone(name, entry, say);
    if (tone === undefined) continue;
    // The last line wins (R2).
    if (tones.has(entry.key) || tones.size < TONES_MAX) tones.set(entry.key, tone);
    else say("CONF-W35", { valueAt: entry.at }, `more than ${TONES_MAX} tones in [${show(name)}]: this one is left out`);
  }
  const zone = {
    name,
    description: options.value("description") ?? BUILTIN_ZONES.get(name)?.description ?? section.name,
    ringCadence: readCadence(name, options.entry("ringcadence", "ringcadance"), say),
    tones: [...tones.values()],
  };
  return { zone, alias: options.entry("alias") };
}

function readTone(zone: string, { key, value, at, valueAt }: Entry, say: Say): NamedTone | undefined {
  const usual = USUAL_TONES.includes(key) ? undefined : nearest(key, USUAL_TONES);
  if (usual !== undefined) {
    const message = `tone ${show(key)} of [${show(zone)}] is no usual one (did you mean "${usual}"?): only Playtones and Read find it`;
    say("CONF-I31", { valueAt: at }, message);
  }
  const parsed = parseToneList(value);
  if (parsed.ok) return { name: key, list: value };
  const { element, index, reason } = parsed.error;
  const place = { ...valueAt, column: valueAt.column + index };
  const example = US_ZONE.tones.find(({ name }) => name === key)?.list ?? "350+440/500,0/500";
  const message = `tone ${show(key)} of [${show(zone)}]: "${show(element)}" is ${reason}: the built-in tone is used, write for example ${show(example)}`;
  say("CONF-W31", { valueAt: place }, message);
  return undefined;
}

/** Milliseconds of ringing and silence; none = those of the built-in zone. */
function readCadence(zone: string, entry: Entry | undefined, say: Say): readonly number[] {
  if (entry === undefined) return [];
  const words = entry.value.split(",").map((word) => word.trim());
  const isSound = words.length <= CADENCE_MAX && words.every((word) => /^\d{1,5}$/.test(word) && Number(word) <= CADENCE_MAX_MS);
  if (isSound) return words.map(Number);
  const what = `ringcadence "${show(entry.value)}" of [${show(zone)}] is no list of milliseconds`;
  say("CONF-W30", entry, `${what}: the built-in one is used, write for example 2000,4000`);
  return [];
}

/** `alias = us` (older files): the zone is that other one under a name of its own. Aliases of aliases are not followed. */
function resolveAliases(read: readonly ReadZone[], say: Say): readonly ToneZone[] {
  const named = new Map(read.map(({ zone, alias }) => [zone.name, alias === undefined ? zone : undefined]));
  const known = KnownWords.ofFile([
    ...[...named].flatMap(([name, zone]) => (zone === undefined ? [] : [name])),
    ...BUILTIN_ZONES.keys(),
  ]);
  return read.map(({ zone, alias }) => {
    if (alias === undefined) return zone;
    const wanted = alias.value.toLowerCase();
    const target = named.get(wanted) ?? BUILTIN_ZONES.get(wanted);
    if (target !== undefined) return { ...target, name: zone.name, description: zone.description };
    const message = `alias "${show(alias.value)}" of [${show(zone.name)}] is no zone with tones of its own${known.near(wanted)}: it is ignored`;
    say("CONF-W33", alias, message);
    return zone;
  });
}
