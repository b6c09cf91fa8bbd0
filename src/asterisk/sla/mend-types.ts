import { show } from "#domain/site/shown";
import { lastEntry, type ConfFile, type Entry, type Section } from "../conf/conf-value.ts";
import type { Say } from "../options/read-values.ts";

/** How Asterisk's files are read. */
export interface ReadOptions {
  /** Objects that would be rejected are mended as their diagnostic says, where it says one thing only (design §9.19). */
  readonly repair?: boolean;
}

/** Sections of sla.conf with the type that they must have meant, each named (SLA-W40) in place of SLA-E01 and SLA-E07. */
export function mendTypes(conf: ConfFile, say: Say): ConfFile {
  return { ...conf, sections: conf.sections.map((section) => mendType(section, say)) };
}

/** What a section without a type looks like (D2). */
export function likelyType(section: Section): "station" | "trunk" {
  return lastEntry(section, "trunk") === undefined ? "trunk" : "station";
}

function mendType(section: Section, say: Say): Section {
  const written = lastEntry(section, "type");
  if (!isToMend(section, written)) return section;
  const type = likelyType(section);
  const at = written?.at ?? section.at;
  const valueAt = written?.valueAt ?? at;
  const was = written === undefined ? "no type" : `type = ${show(written.value)}`;
  say("SLA-W40", { valueAt }, `[${show(section.name)}] has ${was}, read as type = ${type}: write that`);
  return { ...section, entries: [...section.entries, { key: "type", writtenKey: "type", value: type, at, valueAt }] };
}

/** Is it an object whose type is missing, or a station that is called a trunk? */
function isToMend(section: Section, type: Entry | undefined): boolean {
  if (section.isTemplate || section.name.toLowerCase() === "general") return false;
  const isStation = likelyType(section) === "station";
  if (type !== undefined) return isStation && type.value.toLowerCase() === "trunk";
  return isStation || lastEntry(section, "device") !== undefined;
}
