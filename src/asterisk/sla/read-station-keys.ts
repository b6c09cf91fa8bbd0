import type { Position } from "#domain/site/diagnostic";
import type { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { StationKey } from "#domain/site/site";
import type { Entry, Section } from "../conf/conf-value.ts";
import { readSeconds, type Say } from "../options/read-values.ts";

/** The trunks of a file by name in lower case, with the sections they come from. */
export interface KnownTrunks {
  readonly byName: ReadonlyMap<string, { readonly name: string; readonly section: Section }>;
  readonly suggestions: Suggestions;
  /** Lines of sections that are written, but are no trunk for a mistake that is named there; by name in lower case. */
  readonly unusable: ReadonlyMap<string, Position>;
  /** Contexts of the dialplan; one of the name of a missing trunk is told (SLA-E05). */
  readonly contexts: ReadonlySet<string>;
}

/** The keys of a station, one a `trunk` line; a repeated trunk updates its key (sla.md §2.1, R2). */
export function readStationKeys(section: Section, trunks: KnownTrunks, delay: number, say: Say): StationKey[] {
  const keys = new Map<string, StationKey>();
  for (const entry of section.entries) {
    if (entry.key !== "trunk") continue;
    const key = readKey(entry, section, trunks, say);
    if (key === undefined) continue;
    if (keys.has(key.trunk))
      say("SLA-W26", entry, `trunk ${show(key.trunk)} is listed twice: the later line is used, remove one`);
    warnIfSilent(key, delay, entry, say);
    keys.set(key.trunk, key);
  }
  return [...keys.values()];
}

/** `trunk = name[,ringtimeout=N][,ringdelay=N]` (sla.md §2.5, blanks allowed by R3). */
function readKey(entry: Entry, section: Section, trunks: KnownTrunks, say: Say): StationKey | undefined {
  const [name = "", ...modifiers] = entry.value.split(",").map((part) => part.trim());
  const trunk = trunks.byName.get(name.toLowerCase());
  if (trunk === undefined) {
    say("SLA-E05", entry, missingTrunk(name, trunks));
    return undefined;
  }
  if (trunk.section.at.line > section.at.line) {
    const message = `trunk ${show(trunk.name)} is defined below this station: accepted, but Asterisk wants it above`;
    say("SLA-W14", entry, message);
  }
  noteBlanks(entry, say);
  const seconds = { ringdelay: 0, ringtimeout: 0 };
  for (const modifier of modifiers) {
    const read = readModifier(modifier, entry, say);
    if (read !== undefined) seconds[read.key] = read.seconds;
  }
  return { trunk: trunk.name, ...seconds };
}

function missingTrunk(name: string, { contexts, suggestions, unusable }: KnownTrunks): string {
  if (name === "") return "trunk names no trunk: write trunk = NAME, or remove this line";
  const section = unusable.get(name.toLowerCase());
  if (section !== undefined)
    return `trunk "${show(name)}" is not usable: mend [${show(name)}] at ${section.file}:${section.line}, and this key is there`;
  const context = contexts.has(name) ? `, [${show(name)}] of extensions.conf is a context and no trunk` : "";
  const advice = `define [${show(name)}] with type = trunk, or remove this line`;
  return `trunk "${show(name)}" is not defined${suggestions.for(name)}${context}: ${advice}`;
}

/** Asterisk takes blanks beside commas and equals signs for part of the word (sla.md §2.5). */
function noteBlanks(entry: Entry, say: Say): void {
  const typed = entry.value
    .split(/([,=])/)
    .map((part) => part.trim())
    .join("");
  if (typed !== entry.value)
    say("SLA-I35", entry, `blanks inside are accepted, but Asterisk ignores what they stand by: write trunk = ${show(typed)}`);
}

function readModifier(
  modifier: string,
  entry: Entry,
  say: Say,
): { readonly key: "ringdelay" | "ringtimeout"; readonly seconds: number } | undefined {
  const equals = modifier.indexOf("=");
  const key = modifier.slice(0, Math.max(0, equals)).trim().toLowerCase();
  if (key !== "ringdelay" && key !== "ringtimeout") {
    say("SLA-E08", entry, `"${show(modifier)}" is not a modifier: write ringtimeout=N or ringdelay=N, and one trunk per line`);
    return undefined;
  }
  return { key, seconds: readSeconds({ key, value: modifier.slice(equals + 1).trim(), valueAt: entry.valueAt }, say) };
}

/** A phone that stops ringing before it begins (SLA-W18). */
function warnIfSilent(key: StationKey, stationDelay: number, entry: Entry, say: Say): void {
  const delay = key.ringdelay > 0 ? key.ringdelay : stationDelay;
  if (key.ringtimeout === 0 || key.ringtimeout > delay) return;
  say("SLA-W18", entry, `ringtimeout ${key.ringtimeout} is not above ringdelay ${delay}: this phone would never ring, raise it`);
}
