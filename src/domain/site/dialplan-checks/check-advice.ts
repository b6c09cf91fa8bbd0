import { splitArguments } from "../../dialplan/application-call.ts";
import type { Step } from "../../dialplan/dialplan.ts";
import { dahdiChannel } from "../dahdi.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { show } from "../shown.ts";
import type { Trunk } from "../site.ts";
import { placedSteps, placeOf, sayOf, type DialplanView, type PlacedStep } from "./dialplan-view.ts";

/** What works, but not as people mean it: numbers that are read and not looked at, callers who are left alone (sla.md §6, D10 to D13, D25). */
export function checkAdvice(view: DialplanView): Diagnostic[] {
  const trunks = new Map(view.site.trunks.map((trunk) => [trunk.name.toLowerCase(), trunk]));
  return [...view.contexts.values()].flatMap((context) =>
    context.extensions.flatMap((extension) => {
      const numbers = new UncheckedNumbers();
      return placedSteps(context, extension).flatMap((placed, at, all) => [
        ...adviceOf(placed, numbers, view),
        ...afterTrunk(placed, all[at + 1], trunks),
      ]);
    }),
  );
}

/** Numbers remembered of one extension. */
const NUMBERS_MAX = 20;

/** Variables that Read has filled and no step has looked at since, in one extension. */
class UncheckedNumbers {
  #names: string[] = [];

  read(name: string): void {
    if (name !== "" && !this.#names.includes(name) && this.#names.length < NUMBERS_MAX) this.#names.push(name);
  }

  /** The step looks at what was read, or at how reading ended. */
  lookedAt({ args }: Step): void {
    if (this.#names.length === 0) return;
    if (args.includes("READSTATUS")) this.#names = [];
    else this.#names = this.#names.filter((name) => !args.includes(`\${${name}`));
  }

  /** `Set(name=…)`: what was read is something else now. */
  set({ args }: Step): void {
    if (this.#names.length > 0) this.#names = this.#names.filter((name) => !args.startsWith(`${name}=`));
  }

  usedIn({ args }: Step): string | undefined {
    return this.#names.find((name) => args.includes(`\${${name}}`) || args.includes(`\${${name}:`));
  }
}

function adviceOf(placed: PlacedStep, numbers: UncheckedNumbers, view: DialplanView): Diagnostic[] {
  const { application, step } = placed;
  switch (application) {
    case "Read": {
      const [variable = "", , digits = ""] = splitArguments(step.args);
      numbers.read(variable.trim());
      return withoutMaximum(digits.trim(), placed);
    }
    case "GotoIf":
      numbers.lookedAt(step);
      return [];
    case "Set":
      numbers.set(step);
      return [];
    case "Goto":
      return [...unknownNumber(placed, numbers, view), ...timedOutCallers(placed, view)];
    case "Dial":
      return emptyNumber(placed, numbers);
    default:
      return [];
  }
}

/** D11. */
function withoutMaximum(digits: string, placed: PlacedStep): Diagnostic[] {
  if (digits !== "" && digits !== "0") return [];
  const message = `Read in ${placeOf(placed)} has no maximum of digits: after every number it waits 10 s or for "#", write Read(variable,dial,11,i)`;
  return [sayOf(placed.step, "EXT-I05", message)];
}

/** D10: a wrong number ends the call without a word, and no number at all begins again for ever. */
function unknownNumber(placed: PlacedStep, numbers: UncheckedNumbers, view: DialplanView): Diagnostic[] {
  const variable = numbers.usedIn(placed.step);
  const { name } = placed.context;
  if (variable === undefined || view.has(name, "i")) return [];
  const message = `a number in \${${show(variable)}} that [${show(name)}] does not have ends the call without a word, and an empty one starts over: add exten => i,1,Congestion()`;
  return [sayOf(placed.step, "EXT-I06", message)];
}

/** D13. */
function emptyNumber(placed: PlacedStep, numbers: UncheckedNumbers): Diagnostic[] {
  const variable = numbers.usedIn(placed.step);
  if (variable === undefined) return [];
  const name = show(variable);
  const message = `\${${name}} may be empty when ${placeOf(placed)} dials it: write GotoIf($["\${${name}}" = ""]?…) above`;
  return [sayOf(placed.step, "EXT-I07", message)];
}

/** D12: an analog line without ringtimeout comes back only when its caller has gone. */
function afterTrunk(placed: PlacedStep, next: PlacedStep | undefined, trunks: ReadonlyMap<string, Trunk>): Diagnostic[] {
  if (placed.application !== "SLATrunk" || (next !== undefined && next.application !== "Hangup")) return [];
  const trunk = trunks.get((splitArguments(placed.step.args)[0] ?? "").trim().toLowerCase());
  if (trunk === undefined || (trunk.ringtimeout === 0 && isAnalog(trunk))) return [];
  const message = `nothing follows SLATrunk in ${placeOf(placed)}: callers whom nobody answers are hung up, add steps that look at SLATRUNK_STATUS`;
  return [sayOf(placed.step, "EXT-I08", message)];
}

/** Whether the trunk is a line of an analog card. */
export function isAnalog({ device }: Trunk): boolean {
  return dahdiChannel(device) !== undefined;
}

/** D25: `Goto(s-${SLATRUNK_STATUS},1)` with entries for other ends of the call, none for a trunk's ringtimeout. */
function timedOutCallers(placed: PlacedStep, view: DialplanView): Diagnostic[] {
  const status = /(?:^|,)([^,$]*)\$\{SLATRUNK_STATUS\},1$/.exec(placed.step.args.replaceAll(" ", ""));
  if (status === null) return [];
  const [, prefix = ""] = status;
  const { name } = placed.context;
  const handles = (end: string): boolean => view.leadsTo(name, `${prefix}${end}`);
  if (!["FAILURE", "UNANSWERED"].some(handles) || handles("RINGTIMEOUT")) return [];
  const missing = show(`${prefix}RINGTIMEOUT`);
  const message = `[${show(name)}] has no ${missing}: callers of a trunk with ringtimeout are left alone, add exten => ${missing},1,…`;
  return [sayOf(placed.step, "EXT-I09", message)];
}
