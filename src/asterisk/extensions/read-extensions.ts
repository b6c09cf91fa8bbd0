import { parseApplicationCall } from "#domain/dialplan/application-call";
import type { Dialplan } from "#domain/dialplan/dialplan";
import { inOrder, type Diagnostic } from "#domain/site/diagnostic";
import { RepeatedFindings } from "#domain/site/repeated-findings";
import { show } from "#domain/site/shown";
import type { Hint } from "#domain/site/site";
import { notesOnPattern } from "./check-pattern.ts";
import { originOf, type ConfFile, type Entry, type Section } from "../conf/conf-value.ts";
import { LoadVariables } from "./load-variables.ts";
import { PriorityCounter } from "./priority-counter.ts";
import { OpenContext, type OpenExtension } from "./read-extensions-context.ts";
import { checkGeneral, isReserved, readGlobals } from "./read-extensions-globals.ts";
import { readHintDevices } from "./read-extensions-hint.ts";
import { parseExtensionName, parsePriority, splitTop, type ExtensionName } from "./read-extensions-line.ts";
import { sayInto } from "../options/read-values.ts";

/** What `extensions.conf` says. */
export interface ExtensionsReading {
  readonly dialplan: Dialplan;
  readonly hints: readonly Hint[];
  readonly diagnostics: readonly Diagnostic[];
}

/** sla.md §2.7. */
const EXTENSION_MAX_CHARACTERS = 79;
const SWITCHES = ["switch", "lswitch", "eswitch"];

/** Reads contexts with their extensions, steps, includes and hints (sla.md §5.3). */
export function readExtensions(conf: ConfFile): ExtensionsReading {
  const diagnostics: Diagnostic[] = [];
  const say = sayInto(diagnostics);
  checkGeneral(conf, say);
  const globals = readGlobals(conf, say);
  const reader = new ExtensionsReader(new LoadVariables(globals), diagnostics);
  for (const section of conf.sections) if (!section.isTemplate && !isReserved(section)) reader.section(section);
  return {
    dialplan: { contexts: [...reader.contexts.values()].map((context) => context.close()), globals },
    hints: [...reader.hints.values()],
    diagnostics: inOrder([...diagnostics, ...reader.repeated.diagnostics]),
  };
}

/** An `exten` or `same` line: what is left of its priority, and where in the entry's value it begins. */
interface Line {
  readonly context: OpenContext;
  readonly extension: ExtensionName;
  readonly entry: Entry;
  readonly priority: string;
  readonly call: string;
  readonly callOffset: number;
}

class ExtensionsReader {
  readonly contexts = new Map<string, OpenContext>();
  readonly hints = new Map<string, Hint>();
  /** What a made file may have on every line. */
  readonly repeated = new RepeatedFindings();
  readonly #variables: LoadVariables;
  readonly #diagnostics: Diagnostic[];
  #counter = new PriorityCounter();

  constructor(variables: LoadVariables, diagnostics: Diagnostic[]) {
    this.#variables = variables;
    this.#diagnostics = diagnostics;
  }

  /** Priorities are counted, and `same` looks back, within one section. */
  section(section: Section): void {
    const context = this.contexts.get(section.name) ?? new OpenContext(section.name);
    this.contexts.set(section.name, context);
    this.#counter = new PriorityCounter();
    let extension: ExtensionName | undefined;
    for (const entry of section.entries) {
      if (entry.key === "exten") extension = this.#exten(context, entry);
      else if (entry.key.startsWith("same")) this.#same(context, entry, extension);
      else this.#other(context, entry);
    }
  }

  #other(context: OpenContext, entry: Entry): void {
    if (entry.key === "include") this.#include(context, entry);
    else if (entry.key === "ignorepat") context.ignorePatterns.add(entry.value);
    else if (SWITCHES.includes(entry.key))
      this.#say(
        "SLA-W21",
        entry,
        `${entry.key} of [${show(context.name)}] is not followed: its extensions are not known here, write them into this file`,
      );
    else if (entry.key !== "autohints")
      this.#say(
        "EXT-W01",
        { valueAt: entry.at },
        `${show(entry.writtenKey)} is not known and ignored: write exten, same or include`,
      );
  }

  /** Gives the extension, for the `same` lines below. */
  #exten(context: OpenContext, entry: Entry): ExtensionName | undefined {
    const { parts, offsets } = splitTop(entry.value, 3);
    const [written = "", priority = "", call = ""] = parts;
    const { text, unset } = this.#variables.fill(written);
    const [missing] = unset;
    if (missing !== undefined)
      this.#sayRepeated(
        missing,
        "EXT-W13",
        entry,
        `\${${show(missing)}} of the extension is not set in [globals] and left out: set it there`,
      );
    const extension = parseExtensionName(text);
    if (extension.name === "" || priority.trim() === "") {
      const open = text.lastIndexOf("[") > text.lastIndexOf("]") ? ` with "]" behind the "["` : "";
      this.#say("EXT-E01", entry, `write exten => EXTENSION,PRIORITY,Application(arguments)${open}`);
      // What follows belongs to it all the same: `same` must not fall to the extension above.
      return extension.name === "" ? undefined : extension;
    }
    this.#line({ context, extension, entry, priority: priority.trim(), call, callOffset: offsets[2] ?? 0 });
    return extension;
  }

  #same(context: OpenContext, entry: Entry, extension: ExtensionName | undefined): void {
    const { parts, offsets } = splitTop(entry.value, 2);
    const [priority = "", call = ""] = parts;
    if (extension === undefined) this.#say("EXT-W02", entry, "same without an exten line above is ignored: write exten => …");
    else this.#line({ context, extension, entry, priority: priority.trim(), call, callOffset: offsets[1] ?? 0 });
  }

  #line(line: Line): void {
    const { name } = line.extension;
    const isHint = line.priority.toLowerCase() === "hint";
    if (name.length > EXTENSION_MAX_CHARACTERS)
      this.#say(
        "EXT-E03",
        line.entry,
        `${isHint ? "hint of " : ""}${show(name)} is longer than ${EXTENSION_MAX_CHARACTERS} characters: give it a shorter name`,
      );
    else if (isHint) this.#hint(line);
    else this.#step(line);
  }

  #step(line: Line): void {
    const { context, extension, entry, priority: written } = line;
    if (!context.has(extension)) for (const { code, message } of notesOnPattern(extension.name)) this.#say(code, entry, message);
    const open = context.extension(extension);
    const form = parsePriority(written);
    const counted = form === undefined ? undefined : this.#counter.next(form, (label) => open.priorityOf(label));
    if (counted === undefined)
      this.#say("EXT-W03", entry, `priority "${show(written)}" is not a number, n or hint: line ignored`);
    else if (counted.type === "refused") this.#say(counted.code, entry, counted.message(show(written)));
    else {
      if (counted.afterHint) {
        const advice = `is read as priority ${counted.priority}: write the number, Asterisk drops the line`;
        this.#say("EXT-W10", entry, `${show(written)} right below a hint ${advice}`);
      }
      this.#call(line, open, counted.priority, form?.label);
    }
  }

  #call({ context, extension, entry, call, callOffset }: Line, open: OpenExtension, priority: number, written = ""): void {
    const { application, args, closed } = parseApplicationCall(call);
    if (application === "") {
      this.#say("EXT-W08", entry, `${show(extension.name)} has no application here: line ignored, write Application(arguments)`);
      return;
    }
    if (!closed) this.#say("EXT-W09", entry, `${show(application)} has no ")": all that follows the "(" is taken, add it`);
    const column = entry.valueAt.column + callOffset + call.length - call.trimStart().length;
    const label = written === "" ? {} : { label: written };
    if (open.add({ priority, ...label, application, args, origin: originOf(entry), column })) return;
    const place = `priority ${priority} of ${show(extension.name)} is there already in [${show(context.name)}]`;
    this.#sayRepeated(context.name, "EXT-W14", entry, `${place}: this line is ignored, number it anew or remove it`);
  }

  #hint({ context, extension: { name }, entry, call }: Line): void {
    this.#counter.passHint();
    const read = readHintDevices({ extension: name, context: context.name }, call, this.#variables);
    const key = `${context.name}\n${name}`;
    if (!read.ok) this.#say(read.code, entry, `hint of ${show(name)} ${read.message}`);
    else if (this.hints.has(key))
      this.#say("EXT-W04", entry, `hint of ${show(name)} is defined twice in [${show(context.name)}]: the first one is used`);
    else this.hints.set(key, { extension: name, context: context.name, devices: read.devices, origin: originOf(entry) });
  }

  #include(context: OpenContext, entry: Entry): void {
    const { text } = this.#variables.fill(entry.value);
    const comma = text.indexOf(",");
    const included = (comma === -1 ? text : text.slice(0, comma)).trim();
    const times = comma === -1 ? "" : text.slice(comma + 1).trim();
    if (included === "") {
      this.#say("EXT-W06", entry, "include without a context is ignored: write include => CONTEXT");
      return;
    }
    if (times !== "")
      this.#say("EXT-I02", entry, `times of include ${show(included)} are not kept to: it is always searched, take them off`);
    const { column } = entry.valueAt;
    context.include({ context: included, ...(times === "" ? {} : { times }), origin: originOf(entry), column });
  }

  #sayRepeated(cause: string, code: string, { valueAt }: Pick<Entry, "valueAt">, message: string): void {
    this.repeated.add(cause, { ...valueAt, code, message });
  }

  #say(code: string, { valueAt }: Pick<Entry, "valueAt">, message: string): void {
    this.#diagnostics.push({ ...valueAt, code, message });
  }
}
