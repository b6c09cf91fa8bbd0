import type { DialplanContext, Extension } from "../../dialplan/dialplan.ts";
import { isPattern, parsePattern } from "../../dialplan/pattern.ts";
import { positionOf, type Diagnostic } from "../diagnostic.ts";
import { accountOfDevice } from "../key-label.ts";
import { nearest } from "../nearest.ts";
import { show } from "../shown.ts";
import type { Account } from "../site.ts";
import { dialDestinations, gotoIfTargets, literalTarget } from "./call-targets.ts";
import { sayOf, type DialplanView } from "./dialplan-view.ts";

/** Accounts whose nearest number is looked for. */
const LOOKED_FOR_MAX = 100;

/** Numbers that lead nowhere: of callers who cannot be called back (SLA-W23), and extensions that no call can begin with (SLA-W24). */
export function checkNumbers(view: DialplanView): Diagnostic[] {
  return [...checkCallers(view), ...checkFirstPriorities(view)];
}

/** D20: the number that an account calls with is not there, but one that looks like it is. */
function checkCallers(view: DialplanView): Diagnostic[] {
  let looked = 0;
  let numbers: Numbers | undefined;
  return view.site.accounts.flatMap((account) => {
    const number = callerNumber(account);
    if (number === undefined || !view.contexts.has(account.context) || view.has(account.context, number)) return [];
    looked += 1;
    if (looked > LOOKED_FOR_MAX) return [];
    const near = nearNumber(account, number, (numbers ??= new Numbers(view)));
    if (near === undefined) return [];
    const message = `account ${show(account.name)} calls as ${number}, which is no extension of [${show(account.context)}]: nobody can call it back, did you mean ${show(near)}?`;
    return [{ ...positionOf(account.origin), code: "SLA-W23", message }];
  });
}

/** `"Name" <number>`, or a number alone. */
function callerNumber({ callerid = "" }: Account): string | undefined {
  const number = /<([^<>]*)>\s*$/.exec(callerid)?.[1] ?? callerid;
  return /^\d{2,20}$/.test(number.trim()) ? number.trim() : undefined;
}

/** An extension that looks like the number, first of all among those that dial the account. */
function nearNumber({ name, context }: Account, number: string, numbers: Numbers): string | undefined {
  const candidates = numbers.ofContext(context).filter((candidate) => candidate.length === number.length);
  return nearest(number, numbers.ofAccounts.get(name.toLowerCase()) ?? []) ?? nearest(number, candidates);
}

/** What can be dialled by number, made when the first caller is missed. */
class Numbers {
  readonly ofAccounts: NumbersOfAccounts;
  readonly #view: DialplanView;
  readonly #ofContexts = new Map<string, readonly string[]>();

  constructor(view: DialplanView) {
    this.#view = view;
    this.ofAccounts = numbersOfAccounts(view);
  }

  ofContext(context: string): readonly string[] {
    const known = this.#ofContexts.get(context);
    if (known !== undefined) return known;
    const numbers = [...this.#view.namesIn(context)].filter((name) => /^\d+$/.test(name));
    this.#ofContexts.set(context, numbers);
    return numbers;
  }
}

/** By account in lower case: the extensions that dial it. */
type NumbersOfAccounts = ReadonlyMap<string, readonly string[]>;

function numbersOfAccounts(view: DialplanView): NumbersOfAccounts {
  const numbers = new Map<string, string[]>();
  for (const { application, step, extension } of view.writtenSteps) {
    if (application !== "Dial" || isPattern(extension.name)) continue;
    for (const device of dialDestinations(step.args)) {
      const account = accountOfDevice(device)?.toLowerCase();
      if (account === undefined) continue;
      const known = numbers.get(account);
      if (known === undefined) numbers.set(account, [extension.name]);
      else known.push(extension.name);
    }
  }
  return numbers;
}

/** D24, unless another entry that matches has priority 1, or a Goto comes in further down. */
function checkFirstPriorities(view: DialplanView): Diagnostic[] {
  const suspects = [...view.contexts.values()].flatMap((context) =>
    context.extensions
      .filter(({ steps }) => (steps[0]?.priority ?? 1) > 1)
      .filter(({ name }) => !view.leadsTo(context.name, sampleOf(name)))
      .map((extension) => ({ context, extension })),
  );
  if (suspects.length === 0) return [];
  const entered = enteredPlaces(view);
  return suspects
    .filter(({ context, extension }) => !entered.has(placeKey(context.name, extension.name)))
    .flatMap(({ context, extension }) => withoutFirst(context, extension));
}

function withoutFirst(context: DialplanContext, { name, steps }: Extension): Diagnostic[] {
  const [first] = steps;
  if (first === undefined) return [];
  const message = `${show(name)} of [${show(context.name)}] begins with priority ${first.priority}: no call gets there, write priority 1`;
  return [sayOf(first, "SLA-W24", message)];
}

/** Something that the extension matches. */
function sampleOf(name: string): string {
  if (!isPattern(name)) return name;
  const { positions, end } = parsePattern(name);
  return positions.map((set) => set.charAt(0)).join("") + (end === "some" ? "0" : "");
}

/** Extensions that a Goto names, whatever its priority. */
function enteredPlaces(view: DialplanView): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { context, application, step } of view.writtenSteps) {
    const texts = application === "Goto" ? [step.args] : application === "GotoIf" ? gotoIfTargets(step.args) : [];
    for (const text of texts) {
      const target = literalTarget(text);
      if (target?.extension !== undefined) places.add(placeKey(target.context ?? context.name, target.extension));
    }
  }
  return places;
}

function placeKey(context: string, extension: string): string {
  return `${context}\n${extension}`;
}
