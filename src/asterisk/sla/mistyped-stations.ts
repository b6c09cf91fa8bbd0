import { show } from "#domain/site/shown";
import { lastEntry, type Entry, type Section } from "../conf/conf-value.ts";
import type { Say } from "../options/read-values.ts";

/** Sections that one finding names. */
const NAMED_MAX = 12;

/** A station that calls itself a trunk: no trunk has trunk lines. */
export function isMistyped(section: Section): boolean {
  return lastEntry(section, "type")?.value.toLowerCase() === "trunk" && lastEntry(section, "trunk") !== undefined;
}

/** SLA-E07, once for the line that says so: mostly it is one of a template, and every station that inherits it is named there (D1). */
export function nameMistyped(sections: readonly Section[], say: Say): void {
  const byLine = new Map<Entry, Section[]>();
  for (const section of sections.filter(isMistyped)) {
    const type = lastEntry(section, "type");
    if (type !== undefined) byLine.set(type, [...(byLine.get(type) ?? []).slice(0, NAMED_MAX), section]);
  }
  for (const [type, mistyped] of byLine) {
    const names = mistyped.slice(0, NAMED_MAX).map(({ name }) => `[${show(name)}]`);
    const what =
      mistyped.length === 1
        ? "has trunk lines but type = trunk: it looks like a station"
        : `${mistyped.length > NAMED_MAX ? "and more " : ""}have trunk lines but type = trunk from here: they look like stations`;
    say("SLA-E07", type, `${names.join(", ")} ${what}, write type = station`);
  }
}
