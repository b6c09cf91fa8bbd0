import type { ContextInclude, DialplanContext, Step } from "#domain/dialplan/dialplan";
import type { Hint, NativeExtension } from "#domain/site/site";
import type { ToneZone } from "#domain/tone/tone-zone";
import type { WrittenEntry } from "./commented-map.ts";
import { present, unless } from "./write-objects.ts";

/** `extensions`; the second of one number is told apart by its context. */
export function extensionEntries(extensions: readonly NativeExtension[], siteContext: string): readonly WrittenEntry[] {
  const taken = new Set<string>();
  return extensions.map(({ number, context, devices, dial, label, origin }) => {
    const isSecond = taken.has(number);
    taken.add(number);
    const value = present({ devices: devices.length === 0 ? undefined : devices, dial, label });
    if (isSecond) return { name: `${number}@${context}`, value, origin };
    return { name: number, value: present({ ...value, context: unless(context, siteContext) }), origin };
  });
}

/** `hints` of one context. */
export function hintEntries(hints: readonly Hint[]): readonly WrittenEntry[] {
  return hints.map(({ extension, devices, origin }) => ({ name: extension, value: devices, origin }));
}

/** `contexts`, with the hints that live in them. */
export function contextEntries(contexts: readonly DialplanContext[], hints: readonly Hint[]): readonly WrittenEntry[] {
  const byContext = new Map<string, Hint[]>();
  for (const hint of hints) {
    const ofContext = byContext.get(hint.context);
    if (ofContext === undefined) byContext.set(hint.context, [hint]);
    else ofContext.push(hint);
  }
  const written = new Set(contexts.map(({ name }) => name));
  const others = [...byContext].filter(([name]) => !written.has(name));
  return [
    ...contexts.map((context) => contextEntry(context, byContext.get(context.name) ?? [])),
    ...others.map(([name, ofContext]) => ({ name, value: { hints: hintsValue(ofContext) }, ...originOf(ofContext) })),
  ];
}

function contextEntry({ name, includes, ignorePatterns, extensions }: DialplanContext, hints: readonly Hint[]): WrittenEntry {
  const value = present({
    include: includes.length === 0 ? undefined : includes.map(includeValue),
    ignorePatterns: ignorePatterns.length === 0 ? undefined : ignorePatterns,
    hints: hints.length === 0 ? undefined : hintsValue(hints),
    // Hints alone make no context.
    extensions:
      extensions.length === 0 && hints.length === 0
        ? undefined
        : new Map(
            extensions.map((extension) => [
              extension.callerId === undefined ? extension.name : `${extension.name}/${extension.callerId}`,
              stepsValue(extension.steps),
            ]),
          ),
  });
  return { name, value, ...originOf([...includes, ...extensions.flatMap(({ steps }) => steps), ...hints]) };
}

function hintsValue(hints: readonly Hint[]): ReadonlyMap<string, readonly string[]> {
  return new Map(hints.map(({ extension, devices }) => [extension, devices]));
}

/** The first place that anything of it comes from. */
function originOf(parts: readonly { readonly origin: string }[]): { readonly origin?: string } {
  const origin = parts[0]?.origin;
  return origin === undefined ? {} : { origin };
}

function includeValue({ context, times }: ContextInclude): unknown {
  return times === undefined ? context : { context, times };
}

/** Applications in order; a number where it does not follow from the step above. */
function stepsValue(steps: readonly Step[]): readonly unknown[] {
  return steps.map(({ priority, label, application, args }, index) => {
    const run = `${application}(${args})`;
    const follows = priority === (steps[index - 1]?.priority ?? 0) + 1;
    if (follows && label === undefined) return run;
    return present({ priority: follows ? undefined : priority, label, run });
  });
}

/** `tones`. */
export function zoneEntries(zones: readonly ToneZone[]): readonly WrittenEntry[] {
  return zones.map(({ name, description, ringCadence, tones }) => ({
    name,
    value: present({
      description: unless(description, ""),
      ringcadence: ringCadence.length === 0 ? undefined : ringCadence,
      tones: tones.length === 0 ? undefined : new Map(tones.map((tone) => [tone.name, tone.list])),
    }),
  }));
}
