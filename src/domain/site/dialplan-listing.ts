import type { DialplanContext, Extension } from "../dialplan/dialplan.ts";
import { comparePatterns } from "../dialplan/pattern.ts";
import type { Hint, Site } from "./site.ts";

/** A context as it is shown: what a call finds in it, in the order in which it is tried. */
export interface ListedContext {
  readonly context: string;
  readonly extensions: readonly ListedExtension[];
  readonly includes: readonly { readonly context: string; readonly times?: string; readonly from: string }[];
  readonly ignorePatterns: readonly string[];
}

export interface ListedExtension {
  readonly extension: string;
  readonly callerId?: string;
  readonly hint?: { readonly devices: readonly string[]; readonly from: string };
  readonly steps: readonly ListedStep[];
}

export interface ListedStep {
  readonly priority: number;
  readonly label?: string;
  readonly application: string;
  readonly args: string;
  /** "extensions.conf:12" or "generated for station desk". */
  readonly from: string;
}

/** A context in short. */
export interface ContextSummary {
  readonly context: string;
  /** With steps. */
  readonly extensions: number;
  readonly hints: number;
  readonly includes: readonly string[];
}

type Listed = Pick<Site, "dialplan" | "hints">;

/** What is really there, of one context or of all in the order of the site (`dialplan show`); empty: there is no such context. */
export function listDialplan(site: Listed, context?: string): readonly ListedContext[] {
  const hints = hintsByContext(site);
  return contextsOf(site, hints)
    .filter(({ name }) => context === undefined || name === context)
    .map((written) => listContext(written, hints.get(written.name) ?? []));
}

/** Every context, and how much is in it. */
export function summarizeDialplan(site: Listed): readonly ContextSummary[] {
  const hints = hintsByContext(site);
  return contextsOf(site, hints).map(({ name, extensions, includes }) => ({
    context: name,
    extensions: extensions.length,
    hints: hints.get(name)?.length ?? 0,
    includes: includes.map(({ context }) => context),
  }));
}

type HintsByContext = ReadonlyMap<string, readonly Hint[]>;

function hintsByContext({ hints }: Listed): HintsByContext {
  const byContext = new Map<string, Hint[]>();
  for (const hint of hints) {
    const list = byContext.get(hint.context);
    if (list === undefined) byContext.set(hint.context, [hint]);
    else list.push(hint);
  }
  return byContext;
}

/** Those that are written, then those that have hints only. */
function contextsOf({ dialplan }: Listed, hints: HintsByContext): DialplanContext[] {
  const contexts = new Map(dialplan.contexts.map((written) => [written.name, written]));
  for (const name of hints.keys())
    if (!contexts.has(name)) contexts.set(name, { name, extensions: [], includes: [], ignorePatterns: [] });
  return [...contexts.values()];
}

function listContext({ name, extensions, includes, ignorePatterns }: DialplanContext, hints: readonly Hint[]): ListedContext {
  const open = new Map(hints.map((hint) => [hint.extension, hint]));
  const listed = extensions.map((extension) => {
    const hint = extension.callerId === undefined ? open.get(extension.name) : undefined;
    if (hint !== undefined) open.delete(extension.name);
    return listExtension(extension, hint);
  });
  const hintsOnly = [...open.values()].map((hint) => listExtension({ name: hint.extension, steps: [] }, hint));
  return {
    context: name,
    extensions: [...listed, ...hintsOnly].sort(inMatchOrder),
    includes: includes.map(({ context, times, origin }) => ({
      context,
      ...(times === undefined ? {} : { times }),
      from: origin,
    })),
    ignorePatterns,
  };
}

function listExtension({ name, callerId, steps }: Extension, hint: Hint | undefined): ListedExtension {
  const [first] = steps;
  // A hint of the same object as the step beside it was generated with it.
  const isGenerated = hint !== undefined && first?.generatedFor !== undefined && first.origin === hint.origin;
  const hintFrom = isGenerated ? `generated for ${first.generatedFor ?? ""}` : (hint?.origin ?? "");
  return {
    extension: name,
    ...(callerId === undefined ? {} : { callerId }),
    ...(hint === undefined ? {} : { hint: { devices: hint.devices, from: hintFrom } }),
    steps: steps.map(({ priority, label, application, args, origin, generatedFor }) => ({
      priority,
      ...(label === undefined ? {} : { label }),
      application,
      args,
      from: generatedFor === undefined ? origin : `generated for ${generatedFor}`,
    })),
  };
}

/** Exact names before patterns, and those for certain callers before those for all (sla.md §5.4). */
function inMatchOrder(left: ListedExtension, right: ListedExtension): number {
  const order = comparePatterns(left.extension, right.extension);
  if (order !== 0) return order;
  return Number(left.callerId === undefined) - Number(right.callerId === undefined);
}
