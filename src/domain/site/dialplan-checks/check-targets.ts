import type { Extension } from "../../dialplan/dialplan.ts";
import { positionOf, type Diagnostic } from "../diagnostic.ts";
import { show } from "../shown.ts";
import type { Station, Trunk } from "../site.ts";
import {
  dialDestinations,
  gotoIfTargets,
  literalTarget,
  localTarget,
  type GotoTarget,
  type LocalTarget,
} from "./call-targets.ts";
import { placeOf, sayOf, type DialplanView, type PlacedStep } from "./dialplan-view.ts";

/** Places that are named but not there: in an `include`, in Goto, in a Local device (EXT-W05, EXT-W19, SLA-W15). */
export function checkTargets(view: DialplanView): Diagnostic[] {
  const found = [...checkDevices(view), ...checkIncludes(view)];
  for (const placed of view.writtenSteps) {
    for (const target of targetsOf(placed)) found.push(...checkGoto(target, placed, view));
    if (placed.application === "Dial") found.push(...checkLocals(placed, view));
  }
  return found;
}

function targetsOf({ application, step }: PlacedStep): GotoTarget[] {
  if (application === "Goto") return literals([step.args]);
  return application === "GotoIf" ? literals(gotoIfTargets(step.args)) : [];
}

function literals(texts: readonly string[]): GotoTarget[] {
  return texts.flatMap((text) => literalTarget(text) ?? []);
}

function checkIncludes(view: DialplanView): Diagnostic[] {
  return [...view.contexts.values()].flatMap((context) =>
    context.includes
      .filter(({ context: included }) => !view.contexts.has(included))
      .map((include) => {
        const name = include.context;
        const message = `[${show(context.name)}] includes "${show(name)}", which is not there${view.nearestContext(name)}: nothing is found in it`;
        return sayOf(include, "EXT-W05", message);
      }),
  );
}

function checkDevices(view: DialplanView): Diagnostic[] {
  const { trunks, stations } = view.site;
  return [...trunks, ...stations].filter((object) => canBeWritten(object, view)).flatMap((object) => checkDevice(object, view));
}

/** A site.yaml has no dialplan: beside none, nobody could write the place that it names. */
function canBeWritten({ origin }: Trunk | Station, { writtenSteps }: DialplanView): boolean {
  return positionOf(origin).file.endsWith(".conf") || writtenSteps.length > 0;
}

function checkDevice({ name, device, origin }: Trunk | Station, view: DialplanView): Diagnostic[] {
  const target = localTarget(device);
  const missing = target === undefined ? undefined : missingLocal(target, view);
  return missing === undefined
    ? []
    : [{ ...positionOf(origin), code: "SLA-W15", message: `device of [${show(name)}] ${missing}` }];
}

function checkLocals({ step }: PlacedStep, view: DialplanView): Diagnostic[] {
  return dialDestinations(step.args).flatMap((destination) => {
    const target = destination.includes("$") ? undefined : localTarget(destination);
    const missing = target === undefined ? undefined : missingLocal(target, view);
    return missing === undefined ? [] : [sayOf(step, "SLA-W15", `${show(destination)} ${missing}`)];
  });
}

/** What of a Local device's place is not there, blanks made visible. */
function missingLocal({ extension, context }: LocalTarget, view: DialplanView): string | undefined {
  const place = `runs in context "${visible(context)}"`;
  if (!view.contexts.has(context))
    return `${place}, which is not in extensions.conf${view.nearestContext(context)}: write that context`;
  if (view.leadsTo(context, extension)) return undefined;
  const lack = `which has no extension "${visible(extension)}" with priority 1${view.nearestExtension(context, extension)}`;
  return `${place}, ${lack}: write exten => ${show(extension)},1,…`;
}

function visible(name: string): string {
  return show(name).replaceAll(" ", "\u2423");
}

function checkGoto(target: GotoTarget, placed: PlacedStep, view: DialplanView): Diagnostic[] {
  const missing = missingTarget(target, placed, view);
  if (missing === undefined) return [];
  return [sayOf(placed.step, "EXT-W19", `${placed.step.application} in ${placeOf(placed)} leads to ${missing}`)];
}

/** What is not there: context, extension or priority. A context with `i` catches what is wrong (sla.md §5.5). */
function missingTarget(target: GotoTarget, placed: PlacedStep, view: DialplanView): string | undefined {
  const context = target.context ?? placed.context.name;
  if (!view.contexts.has(context))
    return `context "${visible(context)}", which is not there${view.nearestContext(context)}: the call ends`;
  const { extension = placed.extension.name, priority } = target;
  const isOwn = target.extension === undefined && target.context === undefined;
  if (isThere({ context, extension, priority }, isOwn ? placed.extension : undefined, view) || view.has(context, "i"))
    return undefined;
  if (!isOwn && !view.has(context, extension))
    return `extension "${visible(extension)}", which is not in [${show(context)}]${view.nearestExtension(context, extension)}: the call ends`;
  const what = /^\d+$/.test(priority) ? "priority" : "label";
  return `${what} ${show(priority)}, which ${show(extension)} of [${show(context)}] has not: the call ends`;
}

/** Relative priorities are worked out during the call. */
function isThere(
  { context, extension, priority }: Required<GotoTarget>,
  own: Extension | undefined,
  view: DialplanView,
): boolean {
  if (/^[+-]/.test(priority)) return true;
  if (/^\d+$/.test(priority)) {
    const number = Number(priority);
    return own !== undefined && view.hasMark(own, number) ? true : view.leadsTo(context, extension, number);
  }
  return own !== undefined && view.hasMark(own, priority) ? true : view.hasLabel(context, extension, priority);
}
