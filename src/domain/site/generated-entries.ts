import { ContextSearch } from "../dialplan/context-search.ts";
import type { Dialplan, Extension, Step } from "../dialplan/dialplan.ts";
import { mergeDialplans } from "../dialplan/merge-dialplans.ts";
import { matchesExtension } from "../dialplan/pattern.ts";
import type { Origin } from "./diagnostic.ts";
import type { Hint, NativeExtension, Site, Station, Trunk } from "./site.ts";

/** Where the numbers of a trunk live that names no context; Asterisk's name for it. */
const DID_CONTEXT = "default";
/** Seconds that a phone rings when nothing is said of it. */
const DIAL_SECONDS = 20;

/** A step, hint, or both, that an object of the site is made reachable by. */
interface Entry {
  readonly context: string;
  readonly extension: string;
  /** "station L1-0000FFFF0005". */
  readonly generatedFor: string;
  readonly origin: Origin;
  readonly call?: { readonly application: string; readonly args: string };
  readonly devices?: readonly string[];
}

/**
 * Adds to the dialplan what follows from the objects of the site: `autocontext` of trunks and stations (sla.md §2.7), numbers of trunks,
 * extensions and feature codes. What stands there by hand is never replaced, and doing it twice changes nothing (B7).
 */
export function withGeneratedEntries(site: Site): Site {
  const entries = [
    ...site.trunks.flatMap(ofTrunk),
    ...site.stations.flatMap(ofStation),
    ...site.extensions.map(ofExtension),
    ...ofFeatureCodes(site),
  ];
  if (entries.length === 0) return site;
  const dialplan = mergeDialplans(site.dialplan, dialplanOf(entries));
  return { ...site, dialplan, hints: withHints(site.hints, entries) };
}

function ofTrunk({ name, autocontext, did = [], context = DID_CONTEXT, origin }: Trunk): Entry[] {
  const common = { generatedFor: `trunk ${name}`, origin, call: { application: "SLATrunk", args: name } };
  const numbers = did.map((extension) => ({ ...common, context, extension }));
  return autocontext === undefined ? numbers : [{ ...common, context: autocontext, extension: "s" }, ...numbers];
}

function ofStation({ name, keys, autocontext, origin }: Station): Entry[] {
  if (autocontext === undefined) return [];
  const common = { context: autocontext, generatedFor: `station ${name}`, origin };
  const ofKeys = keys.map(({ trunk }) => {
    const extension = `${name}_${trunk}`;
    return { ...common, extension, call: { application: "SLAStation", args: extension }, devices: [`SLA:${extension}`] };
  });
  return [{ ...common, extension: name, call: { application: "SLAStation", args: name } }, ...ofKeys];
}

function ofExtension({ number, context, devices, dial, origin }: NativeExtension): Entry {
  const args = dial ?? (devices.length === 0 ? "" : `${devices.join("&")},${DIAL_SECONDS}`);
  return {
    context,
    extension: number,
    generatedFor: `extension ${number}`,
    origin,
    devices,
    ...(args === "" ? {} : { call: { application: "Dial", args } }),
  };
}

/** In every context that a phone calls from, unless the code leads somewhere there. An account with a host is a provider or a gateway, no phone. */
function ofFeatureCodes(site: Site): Entry[] {
  const { callCompletionRequest, callCompletionCancel } = site.settings.featureCodes;
  const callers = new Map(site.accounts.filter(({ host }) => host === undefined).map(({ context, origin }) => [context, origin]));
  const of = (code: string | undefined, application: string): Entry[] => {
    if (code === undefined) return [];
    const isTaken = takenBy(site, code);
    const common = { extension: code, generatedFor: `feature code ${code}`, call: { application, args: "" } };
    return [...callers].flatMap(([context, origin]) => (isTaken(context) ? [] : [{ ...common, context, origin }]));
  };
  return [...of(callCompletionRequest, "CallCompletionRequest"), ...of(callCompletionCancel, "CallCompletionCancel")];
}

/** Tells whether a number leads somewhere from a context; every context is looked through once. */
function takenBy({ dialplan, extensions }: Site, dialled: string): (context: string) => boolean {
  const search = new ContextSearch(dialplan);
  const places = new Set(extensions.filter(({ number }) => number === dialled).map(({ context }) => context));
  for (const { name, extensions: written } of dialplan.contexts)
    if (written.some((extension) => matchesExtension(extension.name, dialled))) places.add(name);
  return (context) => search.from(context).some((name) => places.has(name));
}

/** Contexts and extensions in the order of the entries; of two entries of one name the first counts. */
function dialplanOf(entries: readonly Entry[]): Dialplan {
  const contexts = new Map<string, Map<string, Extension>>();
  for (const { context, extension, call, generatedFor, origin } of entries) {
    if (call === undefined) continue;
    const extensions = contexts.get(context) ?? new Map<string, Extension>();
    contexts.set(context, extensions);
    const step: Step = { priority: 1, ...call, origin, generatedFor };
    if (!extensions.has(extension)) extensions.set(extension, { name: extension, steps: [step] });
  }
  return {
    contexts: [...contexts].map(([name, extensions]) => ({
      name,
      extensions: [...extensions.values()],
      includes: [],
      ignorePatterns: [],
    })),
    globals: [],
  };
}

function withHints(written: readonly Hint[], entries: readonly Entry[]): readonly Hint[] {
  const hints = new Map(written.map((hint) => [keyOf(hint), hint]));
  for (const { extension, context, devices = [], origin } of entries) {
    const hint: Hint = { extension, context, devices, origin };
    if (devices.length > 0 && !hints.has(keyOf(hint))) hints.set(keyOf(hint), hint);
  }
  return [...hints.values()];
}

function keyOf({ context, extension }: Hint): string {
  return `${context}\n${extension}`;
}
