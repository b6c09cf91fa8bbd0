import type { GlobalVariable } from "#domain/dialplan/dialplan";
import { parseTemplate } from "#domain/dialplan/template";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import { originOf, type ConfFile, type Section } from "../conf/conf-value.ts";
import type { Say } from "../options/read-values.ts";

/** Options of [general] that Asterisk knows; those of the dialplan's store have nothing to do here. */
const GENERAL_OPTIONS = [
  "static",
  "writeprotect",
  "autofallthrough",
  "clearglobalvars",
  "extenpatternmatchnew",
  "overrideswitch",
  "userscontext",
  "priorityjumping",
];
const OFF = new Set(["no", "false", "n", "f", "0", "off"]);

/** `[general]`: nothing of it changes what is done, so that what would is named. */
export function checkGeneral(conf: ConfFile, say: Say): void {
  for (const entry of sectionsNamed(conf, "general").flatMap(({ entries }) => entries)) {
    if (!GENERAL_OPTIONS.includes(entry.key)) {
      const hint = didYouMean(entry.key, GENERAL_OPTIONS);
      say("EXT-W11", { valueAt: entry.at }, `${show(entry.writtenKey)} is no option of [general]${hint} and ignored: remove it`);
    } else if (entry.key === "autofallthrough" && OFF.has(entry.value.toLowerCase())) {
      say("EXT-I01", entry, "autofallthrough = no is not kept to: a call with no step left is ended, add Hangup() or a Goto");
    } else if (entry.key === "priorityjumping" && !OFF.has(entry.value.toLowerCase())) {
      say("EXT-I01", entry, "priorityjumping is not kept to: no application jumps to priority + 101, look at DIALSTATUS instead");
    }
  }
}

/** `[globals]`, as written; of a name that stands twice the last value counts. */
export function readGlobals(conf: ConfFile, say: Say): readonly GlobalVariable[] {
  const globals = new Map<string, GlobalVariable>();
  for (const entry of sectionsNamed(conf, "globals").flatMap(({ entries }) => entries)) {
    const name = entry.writtenKey;
    if (globals.has(name)) say("EXT-W12", entry, `${show(name)} is set twice in [globals]: this value is used, remove the other`);
    for (const message of notesOnValue(name, entry.value)) say("SLA-W21", entry, message);
    globals.delete(name);
    globals.set(name, { name, value: entry.value, origin: originOf(entry) });
  }
  return [...globals.values()];
}

/** No call is there that a function could be asked about, and what cannot be read gives nothing. */
function notesOnValue(name: string, value: string): readonly string[] {
  if (!value.includes("$")) return [];
  const { functions, mistakes } = parseTemplate(value);
  const isUnreadable = mistakes.some(({ kind }) => kind !== "function");
  const [called] = functions;
  return [
    ...(called === undefined
      ? []
      : [`function ${show(called.name)} in ${show(name)} of [globals] gives nothing: write its value`]),
    ...(isUnreadable
      ? [`${show(name)} of [globals] cannot be read to its end: close every \${ and $[, nested not too deep`]
      : []),
  ];
}

/** [general] and [globals] are told by their names, whatever their case. */
export function isReserved({ name }: Section): boolean {
  return ["general", "globals"].includes(name.toLowerCase());
}

function sectionsNamed(conf: ConfFile, name: string): readonly Section[] {
  return conf.sections.filter((section) => !section.isTemplate && section.name.toLowerCase() === name);
}
