import type { Dialplan, DialplanContext } from "../dialplan/dialplan.ts";
import type { Hint, Site } from "./site.ts";

/** A site without what follows from the rest of it: made again by whoever reads it, it is not written out. */
export function writtenSite(site: Site): Site {
  const ofExtensions = new Set(site.extensions.map(({ number, context, devices }) => hintText(number, context, devices)));
  return {
    ...site,
    hints: site.hints.filter(({ extension, context, devices }) => !ofExtensions.has(hintText(extension, context, devices))),
    dialplan: writtenDialplan(site.dialplan),
  };
}

/** The hints that a site.yaml makes of a station's keys in a context. */
export function keyHintText(station: string, trunk: string, context: string): string {
  return hintText(`${station}_${trunk}`, context, [`SLA:${station}_${trunk}`]);
}

/** A hint as one word, to compare it. */
export function textOfHint({ extension, context, devices }: Pick<Hint, "extension" | "context" | "devices">): string {
  return hintText(extension, context, devices);
}

function hintText(extension: string, context: string, devices: readonly string[]): string {
  return JSON.stringify([extension, context, devices]);
}

function writtenDialplan({ contexts, globals }: Dialplan): Dialplan {
  return { contexts: contexts.flatMap((context) => writtenContext(context) ?? []), globals };
}

/** undefined: nothing of it was written. */
function writtenContext(context: DialplanContext): DialplanContext | undefined {
  const extensions = context.extensions.flatMap((extension) => {
    const steps = extension.steps.filter(({ generatedFor }) => generatedFor === undefined);
    return steps.length === 0 && extension.steps.length > 0 ? [] : [{ ...extension, steps }];
  });
  const isMade = extensions.length === 0 && context.extensions.length > 0;
  if (isMade && context.includes.length === 0 && context.ignorePatterns.length === 0) return undefined;
  return { ...context, extensions };
}
