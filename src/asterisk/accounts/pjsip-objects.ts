import type { Position } from "#domain/site/diagnostic";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { ConfFile, Entry } from "../conf/conf-value.ts";
import { PJSIP_IGNORED_TYPES, PJSIP_TABLES } from "./pjsip-options.ts";
import type { Say } from "../options/read-values.ts";
import { SectionOptions } from "../options/section-options.ts";

/** One section of pjsip.conf, or what a wizard section makes of itself. */
export interface PjsipObject {
  readonly type: string;
  readonly name: string;
  readonly at: Position;
  readonly entries: readonly Entry[];
}

/** Objects by type, then by name, both exact: several types share a name as a rule. */
export class PjsipObjects {
  readonly #byType = new Map<string, Map<string, SectionOptions>>();

  constructor(objects: readonly PjsipObject[]) {
    for (const [type, byName] of grouped(objects))
      this.#byType.set(type, new Map([...byName].map(([name, object]) => [name, new SectionOptions(object)])));
  }

  all(type: string): readonly SectionOptions[] {
    return [...(this.#byType.get(type)?.values() ?? [])];
  }

  find(type: string, name: string | undefined): SectionOptions | undefined {
    return name === undefined ? undefined : this.#byType.get(type)?.get(name);
  }
}

interface OpenObject {
  readonly name: string;
  readonly at: Position;
  readonly entries: Entry[];
}

/** Sections of one type and name are one object, later lines win. */
function grouped(objects: readonly PjsipObject[]): ReadonlyMap<string, ReadonlyMap<string, OpenObject>> {
  const types = new Map<string, Map<string, OpenObject>>();
  for (const { type, name, at, entries } of objects) {
    const byName = types.get(type) ?? new Map<string, OpenObject>();
    types.set(type, byName);
    const known = byName.get(name);
    if (known === undefined) byName.set(name, { name, at, entries: [...entries] });
    else for (const entry of entries) known.entries.push(entry);
  }
  return types;
}

/** Objects of pjsip.conf; sections of no known type are named (SIP-E07). */
export function readPjsipObjects(conf: ConfFile, say: Say): readonly PjsipObject[] {
  const seen = new Set<string>();
  return conf.sections.flatMap((section) => {
    const { name, at, entries } = section;
    if (section.isTemplate) return [];
    const entry = entries.findLast(({ key, value }) => key === "type" && value !== "");
    const type = entry?.value.toLowerCase();
    if (entry === undefined || type === undefined || !isRead(type)) {
      sayType(section, entry, say);
      return [];
    }
    const id = `${type}\n${name}`;
    const message = `[${show(name)}] with type = ${type} is defined twice: read as one, the later lines win; write it once`;
    if (seen.has(id)) say("SIP-W02", { valueAt: at }, message);
    seen.add(id);
    return [{ type, name, at, entries }];
  });
}

function isRead(type: string): boolean {
  return PJSIP_TABLES.has(type) || type === "global";
}

function sayType({ name, at }: { readonly name: string; readonly at: Position }, entry: Entry | undefined, say: Say): void {
  const types = [...PJSIP_TABLES.keys()];
  const section = `[${show(name)}]`;
  if (entry === undefined) {
    say("SIP-E07", { valueAt: at }, `${section} has no type: it is left out, write type = ${types.join(", ")} or global`);
    return;
  }
  const type = show(entry.value);
  if (PJSIP_IGNORED_TYPES.has(entry.value.toLowerCase()))
    say("SIP-I02", entry, `${section} of type ${type} has no effect here (nothing to set): it may stay`);
  else if (entry.value.toLowerCase() === "wizard")
    say("SIP-E07", entry, `${section} is a wizard section: it is left out, write it into pjsip_wizard.conf`);
  else say("SIP-E07", entry, `type "${type}" of ${section} is not known${didYouMean(entry.value, types)}: it is left out`);
}
