import type { Dialplan, Extension, Step } from "../dialplan/dialplan.ts";
import { mergeDialplans } from "../dialplan/merge-dialplans.ts";
import { parseDestination } from "../dialplan/destination.ts";
import type { Origin } from "./diagnostic.ts";
import { callerContexts, emergencyRoutes, takenBy } from "./emergency.ts";
import { DIAL_TONE_EXTENSION, dialToneContext } from "./seized-device.ts";
import type { Hint, NativeExtension, Site, Station, Trunk } from "./site.ts";

/** Where the numbers of a trunk live that names no context; Asterisk's name for it. */
const DID_CONTEXT = "default";
/** Seconds that a phone rings when nothing is said of it. */
const DIAL_SECONDS = 20;
/** Before the next trunk is tried for an emergency call. */
const EMERGENCY_SECONDS = 60;
/** How long a caller hears that it did not work. */
const SIGNAL_SECONDS = 5;

type Call = Pick<Step, "application" | "args">;

/** Steps, a hint, or both, that an object of the site is made reachable by. */
interface Entry {
  readonly context: string;
  readonly extension: string;
  /** "station L1-0000FFFF0005". */
  readonly generatedFor: string;
  readonly origin: Origin;
  readonly calls?: readonly Call[];
  readonly devices?: readonly string[];
}

/**
 * Adds to the dialplan what follows from the objects of the site: `autocontext` of trunks and stations (sla.md §2.7), numbers and dial tones of trunks,
 * extensions, feature codes and emergency numbers. What stands there by hand is never replaced, and doing it twice changes nothing (B7).
 */
export function withGeneratedEntries(site: Site): Site {
  const made = withEntries(site, [
    ...site.trunks.flatMap(ofTrunk),
    ...site.stations.flatMap(ofStation),
    ...site.extensions.map(ofExtension),
    ...ofFeatureCodes(site),
  ]);
  // Whether a number leads somewhere is known when all the others are there.
  return withEntries(made, ofEmergencyNumbers(made));
}

function withEntries(site: Site, entries: readonly Entry[]): Site {
  if (entries.length === 0) return site;
  const dialplan = mergeDialplans(site.dialplan, dialplanOf(entries));
  return { ...site, dialplan, hints: withHints(site.hints, entries) };
}

function ofTrunk(trunk: Trunk): Entry[] {
  const { name, autocontext, did = [], context = DID_CONTEXT, origin } = trunk;
  const common = { generatedFor: `trunk ${name}`, origin, calls: [{ application: "SLATrunk", args: name }] };
  const numbers = did.map((extension) => ({ ...common, context, extension }));
  const inbound = autocontext === undefined ? numbers : [{ ...common, context: autocontext, extension: "s" }, ...numbers];
  const toneContext = dialToneContext(trunk);
  if (toneContext === undefined) return inbound;
  return [...inbound, { ...common, context: toneContext, extension: DIAL_TONE_EXTENSION, calls: dialToneSteps(trunk.device) }];
}

/** R5: as an admin writes it who does it by hand. */
function dialToneSteps(device: string): readonly Call[] {
  const destination = parseDestination(device);
  const peer = destination?.kind === "peer" ? `${destination.technology}/${destination.peer}` : device;
  return [
    { application: "Read", args: "NUMBER,dial,11,i" },
    { application: "GotoIf", args: '$["${NUMBER}" = ""]?5' },
    { application: "Dial", args: `${peer}/\${NUMBER}` },
    { application: "GotoIf", args: '$["${DIALSTATUS}" = "BUSY"]?6' },
    { application: "Congestion", args: String(SIGNAL_SECONDS) },
    { application: "Busy", args: String(SIGNAL_SECONDS) },
  ];
}

function ofStation({ name, keys, autocontext, origin }: Station): Entry[] {
  if (autocontext === undefined) return [];
  const common = { context: autocontext, generatedFor: `station ${name}`, origin };
  const ofKeys = keys.map(({ trunk }) => {
    const extension = `${name}_${trunk}`;
    return { ...common, extension, calls: [{ application: "SLAStation", args: extension }], devices: [`SLA:${extension}`] };
  });
  return [{ ...common, extension: name, calls: [{ application: "SLAStation", args: name }] }, ...ofKeys];
}

function ofExtension({ number, context, devices, dial, origin }: NativeExtension): Entry {
  const args = dial ?? (devices.length === 0 ? "" : `${devices.join("&")},${DIAL_SECONDS}`);
  return {
    context,
    extension: number,
    generatedFor: `extension ${number}`,
    origin,
    devices,
    ...(args === "" ? {} : { calls: [{ application: "Dial", args }] }),
  };
}

/** In every context that a phone calls from, unless the code leads somewhere there. */
function ofFeatureCodes(site: Site): Entry[] {
  const { callCompletionRequest, callCompletionCancel } = site.settings.featureCodes;
  const of = (code: string | undefined, application: string): Entry[] =>
    code === undefined ? [] : forCallers(site, code, `feature code ${code}`, [{ application, args: "" }]);
  return [...of(callCompletionRequest, "CallCompletionRequest"), ...of(callCompletionCancel, "CallCompletionCancel")];
}

/** Emergency numbers of the site, past all lines (B-29): one trunk after the other. */
function ofEmergencyNumbers(site: Site): Entry[] {
  return (site.settings.emergency ?? []).flatMap((number) => {
    const routes = emergencyRoutes(site, number);
    if (routes.length === 0) return [];
    const dials = routes.map((route) => ({ application: "Dial", args: `${route},${EMERGENCY_SECONDS}` }));
    const calls = [...dials, { application: "Congestion", args: String(SIGNAL_SECONDS) }];
    return forCallers(site, number, `emergency number ${number}`, calls);
  });
}

function forCallers(site: Site, extension: string, generatedFor: string, calls: readonly Call[]): Entry[] {
  const isTaken = takenBy(site, extension);
  return [...callerContexts(site)].flatMap(([context, origin]) =>
    isTaken(context) ? [] : [{ context, extension, generatedFor, origin, calls }],
  );
}

/** Contexts and extensions in the order of the entries; of two entries of one name the first counts. */
function dialplanOf(entries: readonly Entry[]): Dialplan {
  const contexts = new Map<string, Map<string, Extension>>();
  for (const { context, extension, calls, generatedFor, origin } of entries) {
    if (calls === undefined) continue;
    const extensions = contexts.get(context) ?? new Map<string, Extension>();
    contexts.set(context, extensions);
    const steps = calls.map((call, at): Step => ({ priority: at + 1, ...call, origin, generatedFor }));
    if (!extensions.has(extension)) extensions.set(extension, { name: extension, steps });
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
