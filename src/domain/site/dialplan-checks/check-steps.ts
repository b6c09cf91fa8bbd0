import { APPLICATION_NAMES, argumentsMistake, findApplication } from "../../dialplan/applications.ts";
import { readingMistakes, settingMistake } from "../../dialplan/function-arguments.ts";
import type { TemplateMistake } from "../../dialplan/template.ts";
import { inOrder, type Diagnostic } from "../diagnostic.ts";
import { Suggestions } from "../nearest.ts";
import { RepeatedFindings } from "../repeated-findings.ts";
import { show } from "../shown.ts";
import { placeOf, sayOf, type DialplanView, type PlacedStep } from "./dialplan-view.ts";

/** Steps that would not do what they say: applications, functions and expressions that are not executed (SLA-W21), and wrong arguments. */
export function checkSteps(view: DialplanView): Diagnostic[] {
  const suggestions = new Suggestions(APPLICATION_NAMES);
  const found: Diagnostic[] = [];
  const repeated = new RepeatedFindings();
  for (const placed of view.writtenSteps) {
    const { application, step } = placed;
    if (application === undefined) repeated.add(`${step.application.toLowerCase()}()`, notExecuted(placed, suggestions));
    else {
      found.push(...wrongArguments(placed));
      for (const { cause, finding } of [...wrongFunctions(placed), ...notWorkedOut(placed, view)]) repeated.add(cause, finding);
    }
  }
  return inOrder([...found, ...repeated.diagnostics]);
}

/** A finding with what it may share with others: the function that is not there. */
interface Caused {
  readonly cause: string;
  readonly finding: Diagnostic;
}

function notExecuted(placed: PlacedStep, suggestions: Suggestions): Diagnostic {
  const { application } = placed.step;
  const known = findApplication(application);
  const name = show(application);
  const what =
    known.kind === "asterisk" ? `${name} is not supported` : `${name} is no application${suggestions.for(application)}`;
  const message = `${what}: not executed, a call ends here in ${placeOf(placed)}; write a supported one or remove it`;
  return sayOf(placed.step, "SLA-W21", message);
}

function wrongArguments({ application, step }: PlacedStep): Diagnostic[] {
  const mistake = application === undefined ? undefined : argumentsMistake(application, step.args);
  return mistake === undefined ? [] : [sayOf(step, "EXT-W17", mistake)];
}

/** What a function is asked or told that it does not know: the call would only log it. */
function wrongFunctions(placed: PlacedStep): Caused[] {
  const { application, step } = placed;
  const set = application === "Set" ? settingMistake(step.args) : undefined;
  const mistakes = set === undefined ? readingMistakes(step.args) : [set, ...readingMistakes(step.args)];
  return mistakes.map(({ kind, name, text }) => ({
    cause: `${name} ${text}`,
    finding: sayOf(step, kind === "unsupported" ? "SLA-W21" : "EXT-W17", `${show(name)}() in ${placeOf(placed)} ${text}`),
  }));
}

function notWorkedOut(placed: PlacedStep, { lookup }: DialplanView): Caused[] {
  const { step } = placed;
  if (!step.args.includes("$")) return [];
  return lookup.template(step).mistakes.map((mistake) => ({
    cause: mistake.kind === "function" ? mistake.text : `${mistake.kind} ${step.origin}`,
    finding: sayOf(step, ...explain(mistake, placed)),
  }));
}

function explain({ kind, text }: TemplateMistake, placed: PlacedStep): [code: string, message: string] {
  const place = placeOf(placed);
  switch (kind) {
    case "unclosed":
      return [
        "EXT-W18",
        `"${text}" in ${place} is not closed: all that follows is taken, write the "${text === "$[" ? "]" : "}"}"`,
      ];
    case "nesting":
      return ["SLA-W21", `"${text}" in ${place} is nested too deep and stays as it is: set a variable on a line of its own`];
    case "expression":
      return ["SLA-W21", `an expression $[…] in ${place} cannot be read and gives nothing: write $[value operator value]`];
    case "function":
      return ["SLA-W21", `function ${show(text)} in ${place} is not worked out and gives nothing: write it without`];
  }
}
