import { positionOf, type Diagnostic } from "#domain/site/diagnostic";
import { Suggestions } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import type { Station, Trunk } from "#domain/site/site";
import type { Include } from "./read-extensions.ts";

/** Contexts that are named but not there: in a `Local/x@context` device (SLA-W15) and in an `include` (EXT-W05, sla.md §5.3). */
export function checkContexts(
  objects: readonly (Trunk | Station)[],
  includes: readonly Include[],
  written: readonly string[],
): Diagnostic[] {
  const contexts = new Set([...written, ...objects.flatMap(({ autocontext }) => autocontext ?? [])]);
  const suggestions = new Suggestions(contexts);
  const ofDevices = objects.flatMap(({ name, device, origin }) => {
    const context = localContext(device);
    if (context === undefined || contexts.has(context)) return [];
    const shown = show(context).replaceAll(" ", "\u2423");
    const message = `device of [${show(name)}] runs in context "${shown}", which is not in extensions.conf${suggestions.for(context)}: write that context`;
    return [{ ...positionOf(origin), code: "SLA-W15", message }];
  });
  const ofIncludes = includes.flatMap(({ context, included, entry }) => {
    if (contexts.has(included)) return [];
    const message = `[${show(context)}] includes "${show(included)}", which is not there${suggestions.for(included)}: nothing is found in it`;
    return [{ ...entry.valueAt, code: "EXT-W05", message }];
  });
  return [...ofDevices, ...ofIncludes];
}

/** Context of a Local device; without one it is "default" (sla.md §2.6). */
function localContext(device: string): string | undefined {
  if (!/^local\//i.test(device)) return undefined;
  const [, context = "default"] = /@([^/]*)/.exec(device) ?? [];
  return context;
}
