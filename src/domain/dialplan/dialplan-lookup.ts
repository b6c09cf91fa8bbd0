import { ContextSearch } from "./context-search.ts";
import type { Dialplan, DialplanContext, Extension, Step } from "./dialplan.ts";
import { expandGlobals } from "./globals.ts";
import { comparePatterns, isPattern, matchesExtension, meaningOf, parsePattern, withoutDashes } from "./pattern.ts";
import { PatternList } from "./pattern-list.ts";
import { parseTemplate, type Template } from "./template.ts";

/** Where a call is, and whose call it is. */
export interface Place {
  readonly context: string;
  readonly extension: string;
  /** "" for a caller without a number. */
  readonly callerNumber: string;
}

/** The entries of one name in a context. There may be one for every caller: a caller without a number, as checks have it, is kept from those. */
interface Entries {
  /** Those for certain callers first. */
  readonly all: readonly Extension[];
  readonly withoutNumber: readonly Extension[];
}

interface ContextTable {
  /** By name without dashes. */
  readonly exact: ReadonlyMap<string, Entries>;
  /** The keys of `exact`, sorted: whatever begins with some digits lies side by side. */
  readonly names: readonly string[];
  readonly patterns: PatternList<Entries>;
}

/** The dialplan of a site made ready for look-ups; made once per reading of the site (sla.md §5.4). */
export class DialplanLookup {
  readonly #search: ContextSearch;
  readonly #tables: ReadonlyMap<string, ContextTable>;
  readonly #orders = new Map<string, readonly ContextTable[]>();
  readonly #templates = new WeakMap<Step, Template>();
  readonly #labels = new WeakMap<readonly Step[], ReadonlyMap<string, Step>>();
  /** `[globals]`, filled in. */
  readonly globals: ReadonlyMap<string, string>;

  constructor(plan: Dialplan) {
    this.#search = new ContextSearch(plan);
    this.#tables = new Map(plan.contexts.map((context) => [context.name, tableOf(context)]));
    this.globals = expandGlobals(plan);
  }

  /** The step of this priority: in the best entry that matches and has it, then in what is included. */
  step(place: Place, priority: number): Step | undefined {
    return this.#find(place, ({ steps }) => stepOf(steps, priority));
  }

  /** The priority that bears this label. */
  priorityOf(place: Place, label: string): number | undefined {
    return this.#find(place, ({ steps }) => this.#labelsOf(steps).get(label))?.priority;
  }

  /** Whether anything at all stands there: "extension not found" is its opposite. */
  has(place: Place): boolean {
    return this.#find(place, ({ steps }) => steps[0]) !== undefined;
  }

  /** Whether more digits could still mean something else than what is there, and are worth waiting for; whoever calls. */
  canMatchMore(context: string, digits: string): boolean {
    const dialled = withoutDashes(digits);
    for (const { names, patterns } of this.#order(context)) {
      const at = firstAfter(names, dialled);
      if (names[at]?.startsWith(dialled) === true) return true;
      const wanting = patterns.wanting(dialled);
      if (wanting !== "none") return wanting === "more";
    }
    return false;
  }

  /** The arguments of a step, parsed; only once. */
  template(step: Step): Template {
    const known = this.#templates.get(step);
    if (known !== undefined) return known;
    const template = parseTemplate(step.args);
    this.#templates.set(step, template);
    return template;
  }

  /** Made when the first label of an extension is asked for; of two steps with one label the first counts. */
  #labelsOf(steps: readonly Step[]): ReadonlyMap<string, Step> {
    const known = this.#labels.get(steps);
    if (known !== undefined) return known;
    const labels = new Map<string, Step>();
    for (const step of steps) if (step.label !== undefined && !labels.has(step.label)) labels.set(step.label, step);
    this.#labels.set(steps, labels);
    return labels;
  }

  #find(place: Place, pick: (extension: Extension) => Step | undefined): Step | undefined {
    const dialled = withoutDashes(place.extension);
    for (const { exact, patterns } of this.#order(place.context)) {
      const found = pickFrom(exact.get(dialled), place, pick);
      if (found !== undefined) return found;
      for (const entries of patterns.matching(dialled)) {
        const matched = pickFrom(entries, place, pick);
        if (matched !== undefined) return matched;
      }
    }
    return undefined;
  }

  #order(context: string): readonly ContextTable[] {
    // Only contexts that are there are remembered: names come from callers.
    if (!this.#tables.has(context)) return [];
    const known = this.#orders.get(context);
    if (known !== undefined) return known;
    const names = this.#search.from(context);
    const order = names.map((name) => this.#tables.get(name)).filter((table) => table !== undefined);
    this.#orders.set(context, order);
    return order;
  }
}

function pickFrom(
  entries: Entries | undefined,
  { callerNumber }: Place,
  pick: (extension: Extension) => Step | undefined,
): Step | undefined {
  for (const extension of (callerNumber === "" ? entries?.withoutNumber : entries?.all) ?? []) {
    if (extension.callerId !== undefined && !isCaller(extension.callerId, callerNumber)) continue;
    const found = pick(extension);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** "" stands for callers without a number. */
function isCaller(callerId: string, number: string): boolean {
  return callerId === "" ? number === "" : number !== "" && matchesExtension(callerId, number);
}

function tableOf({ extensions }: DialplanContext): ContextTable {
  const exact = new Map<string, Extension[]>();
  // Patterns that differ in spelling only are one: they are told apart by what they match.
  const patterns = new Map<string, Extension[]>();
  for (const extension of extensions) {
    const table = isPattern(extension.name) ? patterns : exact;
    const key = meaningOf(extension.name);
    const entries = table.get(key);
    if (entries === undefined) table.set(key, [extension]);
    else entries.push(extension);
  }
  const rows = [...patterns].map(([, same]) => ({ pattern: parsePattern(same[0]?.name ?? "_"), value: entriesOf(same) }));
  return {
    exact: new Map([...exact].map(([name, same]) => [name, entriesOf(same)])),
    names: [...exact.keys()].sort(compareText),
    patterns: new PatternList(rows),
  };
}

function entriesOf(same: Extension[]): Entries {
  if (same.length > 1) same.sort(byCaller);
  return { all: same, withoutNumber: same.some(hasNumber) ? same.filter((extension) => !hasNumber(extension)) : same };
}

function hasNumber({ callerId = "" }: Extension): boolean {
  return callerId !== "";
}

/** Entries for certain callers come first, the most special caller first of all. */
function byCaller({ callerId: left }: Extension, { callerId: right }: Extension): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return comparePatterns(left, right);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function stepOf(steps: readonly Step[], priority: number): Step | undefined {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.priority ?? 0) < priority) low = middle + 1;
    else high = middle;
  }
  const found = steps[low];
  return found?.priority === priority ? found : undefined;
}

/** The first name that sorts after `text`. */
function firstAfter(names: readonly string[], text: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? "") <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}
