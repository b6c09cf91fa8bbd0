import { show } from "#domain/site/shown";
import { lastEntry, type ConfFile, type Section } from "./conf-value.ts";
import type { Say } from "./read-values.ts";

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
  const type = likelyType(section);
  const isMeant = lastEntry(section, "device") !== undefined || type === "station";
  const isStranger = written === undefined || (written.value.toLowerCase() === "trunk" && type === "station");
  if (section.isTemplate || section.name.toLowerCase() === "general" || !isMeant || !isStranger) return section;
  const was = written === undefined ? "no type" : `type = ${show(written.value)}`;
  const message = `[${show(section.name)}] has ${was}, read as type = ${type}: write that`;
  say("SLA-W40", written ?? { valueAt: section.at }, message);
  const at = written?.at ?? section.at;
  const entry = { key: "type", writtenKey: "type", value: type, at, valueAt: written?.valueAt ?? at };
  return { ...section, entries: [...section.entries, entry] };
}
