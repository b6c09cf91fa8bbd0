import { splitArguments } from "../../dialplan/application-call.ts";
import type { DialplanContext, Step } from "../../dialplan/dialplan.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { show } from "../shown.ts";
import type { Account, Site } from "../site.ts";
import { dialDestinations, gotoIfTargets, literalTarget, localTarget } from "./call-targets.ts";
import { isAnalog } from "./check-advice.ts";
import { sayOf, supportedName, type DialplanView, type PlacedStep } from "./dialplan-view.ts";

/** Extensions that no number leads to. */
const SPECIAL = new Set(["s", "i", "t", "h", "e", "o", "a", "T"]);

/** Contexts that bring callers to a trunk, but that calls do not find their way into (SLA-I31). Analog lines come with no number, and are not judged. */
export function checkInbound(view: DialplanView): Diagnostic[] {
  const providers = providersByContext(view.site);
  const trunks = new Map(view.site.trunks.map((trunk) => [trunk.name.toLowerCase(), trunk]));
  const isLineCard = ({ args }: Step): boolean => {
    const trunk = trunks.get((splitArguments(args)[0] ?? "").trim().toLowerCase());
    return trunk !== undefined && isAnalog(trunk);
  };
  let referenced: ReadonlySet<string> | undefined;
  return [...view.contexts.values()].flatMap((context) => {
    const entry = firstTrunkStep(context);
    if (entry === undefined || isLineCard(entry.step)) return [];
    const provider = providers.get(context.name);
    if (provider !== undefined) return onlyS(context, provider, entry.step, view);
    referenced ??= referencedContexts(view);
    return entry.step.generatedFor !== undefined || entry.name === "s" || referenced.has(context.name)
      ? []
      : [nobodyComesIn(context, entry.step)];
  });
}

/** Accounts whose calls come with a number: from a fixed address, or registered for one. Without one they come to `s`. */
function providersByContext({ accounts, settings }: Site): ReadonlyMap<string, Account> {
  const gateways = new Set(settings.dahdi.map(({ account }) => account.toLowerCase()));
  const deliver = accounts.filter(
    ({ name, host, registration }) =>
      !gateways.has(name.toLowerCase()) &&
      (registration === undefined ? host !== undefined : (registration.extension ?? "s") !== "s"),
  );
  return new Map(deliver.map((account) => [account.context, account]));
}

function firstTrunkStep({ extensions }: DialplanContext): { readonly name: string; readonly step: Step } | undefined {
  for (const { name, steps } of extensions) {
    const step = steps.find((candidate) => supportedName(candidate) === "SLATrunk");
    if (step !== undefined) return { name, step };
  }
  return undefined;
}

function onlyS({ name }: DialplanContext, account: Account, step: Step, view: DialplanView): Diagnostic[] {
  for (const written of view.namesIn(name)) if (!SPECIAL.has(written)) return [];
  const message = `calls of ${show(account.name)} come with a number, and [${show(name)}] has only "s": add exten => _X.,1,Goto(s,1)`;
  return [sayOf(step, "SLA-I31", message)];
}

/** D14. */
function nobodyComesIn({ name }: DialplanContext, step: Step): Diagnostic {
  const context = show(name);
  const message = `[${context}] leads to a trunk, but nothing leads to [${context}]: write context = ${context} at the account that delivers its calls`;
  return sayOf(step, "SLA-I31", message);
}

/** Contexts that calls may begin or go on in. */
function referencedContexts(view: DialplanView): ReadonlySet<string> {
  const { accounts, trunks, stations } = view.site;
  const found = new Set(["default", ...accounts.map(({ context }) => context)]);
  const add = (context: string | undefined): void => {
    if (context !== undefined) found.add(context);
  };
  for (const { context, autocontext } of trunks) [context, autocontext].forEach(add);
  for (const { device } of [...trunks, ...stations]) add(localTarget(device)?.context);
  for (const { includes } of view.contexts.values()) for (const { context } of includes) add(context);
  for (const placed of view.writtenSteps) contextsNamed(placed).forEach(add);
  return found;
}

function contextsNamed({ application, step: { args } }: PlacedStep): (string | undefined)[] {
  switch (application) {
    case "Goto":
      return [contextOf(args)];
    case "GotoIf":
      return gotoIfTargets(args).map(contextOf);
    case "Dial":
      return dialDestinations(args).map((device) => localTarget(device)?.context);
    case "DISA":
      return [splitArguments(args)[1]?.trim()];
    default:
      return [];
  }
}

/** `Goto(context,${number},1)` names its context, whatever the number is. */
function contextOf(target: string): string | undefined {
  const parts = splitArguments(target);
  return parts.length === 3 ? literalTarget(`${parts[0] ?? ""},s,1`)?.context : undefined;
}
