import type { ContextInclude, DialplanContext, Extension, Step } from "../../dialplan/dialplan.ts";
import { findApplication, type ApplicationName } from "../../dialplan/applications.ts";
import { ContextSearch } from "../../dialplan/context-search.ts";
import { DialplanLookup } from "../../dialplan/dialplan-lookup.ts";
import { positionOf, type Diagnostic, type Origin, type Position } from "../diagnostic.ts";
import { leftOutNames } from "../left-out.ts";
import { didYouMean, Suggestions } from "../nearest.ts";
import { show } from "../shown.ts";
import type { Site } from "../site.ts";

/** Extensions whose nearest names are looked up; as with `Suggestions`, later ones get no answer. */
const WORDS_MAX = 100;

/** A step with where it stands. */
export interface PlacedStep {
  readonly context: DialplanContext;
  readonly extension: Extension;
  readonly step: Step;
  /** Canonical name when it is supported. */
  readonly application: ApplicationName | undefined;
}

/** The dialplan of a site as its checks ask about it; made once per reading. */
export class DialplanView {
  readonly site: Site;
  /** Names of objects that are left out, which have a finding of their own. */
  readonly isLeftOut: (name: string) => boolean;
  readonly contexts: ReadonlyMap<string, DialplanContext>;
  readonly search: ContextSearch;
  readonly lookup: DialplanLookup;
  /** Those that somebody wrote, in the order of the file. */
  readonly writtenSteps: readonly PlacedStep[];
  readonly #suggestedContexts: Suggestions;
  readonly #marks = new WeakMap<Extension, ReadonlySet<string | number>>();
  #words = 0;

  readonly #devicePlaces: ReadonlyMap<Origin, Position>;

  constructor(site: Site, leftOut: readonly string[], devicePlaces: ReadonlyMap<Origin, Position>) {
    this.site = site;
    this.#devicePlaces = devicePlaces;
    this.isLeftOut = leftOutNames(leftOut);
    this.contexts = new Map(site.dialplan.contexts.map((context) => [context.name, context]));
    this.search = new ContextSearch(site.dialplan);
    this.lookup = new DialplanLookup(site.dialplan);
    this.writtenSteps = writtenStepsOf(site);
    this.#suggestedContexts = new Suggestions(this.contexts.keys());
  }

  /** Where the device of a trunk or a station is written. */
  devicePlace(origin: Origin): Position {
    return this.#devicePlaces.get(origin) ?? positionOf(origin);
  }

  /** Whether a call to `extension` would find that priority; whoever calls. */
  leadsTo(context: string, extension: string, priority = 1): boolean {
    return this.lookup.step({ context, extension, callerNumber: "" }, priority) !== undefined;
  }

  /** Whether anything of that name stands in the context or what it includes. */
  has(context: string, extension: string): boolean {
    return this.lookup.has({ context, extension, callerNumber: "" });
  }

  /** Whether the extension itself has that priority or label. */
  hasMark(extension: Extension, mark: string | number): boolean {
    const known = this.#marks.get(extension);
    if (known !== undefined) return known.has(mark);
    const marks = new Set(
      extension.steps.flatMap(({ priority, label }) => (label === undefined ? [priority] : [priority, label])),
    );
    this.#marks.set(extension, marks);
    return marks.has(mark);
  }

  /** Whether a call to `extension` would find that label; whoever calls. */
  hasLabel(context: string, extension: string, label: string): boolean {
    return this.lookup.priorityOf({ context, extension, callerNumber: "" }, label) !== undefined;
  }

  /** ` (did you mean "x"?)` or nothing. */
  nearestContext(name: string): string {
    return this.#suggestedContexts.for(name);
  }

  /** The same for an extension of a context and of what it includes. */
  nearestExtension(context: string, name: string): string {
    this.#words += 1;
    return this.#words > WORDS_MAX ? "" : didYouMean(name, this.namesIn(context));
  }

  /** Names of extensions as written, in the order of the search. */
  *namesIn(context: string): Generator<string> {
    for (const name of this.search.from(context))
      for (const extension of this.contexts.get(name)?.extensions ?? []) yield extension.name;
  }
}

function writtenStepsOf({ dialplan: { contexts } }: Site): PlacedStep[] {
  return contexts.flatMap((context) => context.extensions.flatMap((extension) => placedSteps(context, extension)));
}

/** The steps of an extension that somebody wrote. */
export function placedSteps(context: DialplanContext, extension: Extension): PlacedStep[] {
  return extension.steps
    .filter(({ generatedFor }) => generatedFor === undefined)
    .map((step) => ({ context, extension, step, application: supportedName(step) }));
}

/** Canonical name of the step's application; undefined when it is not supported. */
export function supportedName({ application }: Step): ApplicationName | undefined {
  const found = findApplication(application);
  return found.kind === "supported" ? found.name : undefined;
}

/** A finding about a step or an include. */
export function sayOf({ origin, column = 1 }: Step | ContextInclude, code: string, message: string): Diagnostic {
  return { ...positionOf(origin), column, code, message };
}

/** `100 of [phones]`, as messages show it. */
export function placeOf({ context, extension }: Pick<PlacedStep, "context" | "extension">): string {
  return `${show(extension.name)} of [${show(context.name)}]`;
}
