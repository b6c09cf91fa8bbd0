import type { Diagnostic } from "#domain/site/diagnostic";
import { show } from "#domain/site/shown";
import type { Hint } from "#domain/site/site";
import type { ConfFile, Entry, Section } from "./conf-value.ts";

/** An `include` line. */
export interface Include {
  readonly context: string;
  readonly included: string;
  readonly entry: Entry;
}

/** What `extensions.conf` says of lamps: hints, and which contexts see which. */
export interface ExtensionsReading {
  readonly hints: readonly Hint[];
  readonly includes: readonly Include[];
  readonly contexts: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

const RESERVED = new Set(["general", "globals"]);
/** Devices in one hint. */
const DEVICES_MAX = 50;
/** sla.md §2.7. */
const EXTENSION_MAX_CHARACTERS = 79;
/** A number, `n`, `s`, or a label, each with an optional `(label)` and `+k`. */
const PRIORITY = /^(?:\d+|[A-Za-z_][\w-]*)(?:\([^()]*\))?(?:\+\d+)?$/;

/** Reads contexts, includes and hints (sla.md §5.3). Other priorities are looked at for their form only. */
export function readExtensions(conf: ConfFile): ExtensionsReading {
  const reader = new ExtensionsReader();
  for (const section of conf.sections)
    if (!section.isTemplate && !RESERVED.has(section.name.toLowerCase())) reader.context(section);
  return {
    hints: [...reader.hints.values()],
    includes: reader.includes,
    contexts: [...reader.contexts],
    diagnostics: reader.diagnostics,
  };
}

class ExtensionsReader {
  readonly hints = new Map<string, Hint>();
  readonly includes: Include[] = [];
  readonly contexts = new Set<string>();
  readonly diagnostics: Diagnostic[] = [];

  context(section: Section): void {
    const context = section.name;
    this.contexts.add(context);
    let extension: string | undefined;
    for (const entry of section.entries) {
      if (entry.key === "exten") extension = this.#exten(context, entry) ?? extension;
      else if (entry.key.startsWith("same")) this.#same(context, entry, extension);
      else if (entry.key === "include") this.#include(context, entry);
      else if (["switch", "lswitch", "eswitch"].includes(entry.key))
        this.#say("SLA-W21", entry, `${entry.key} is not followed: its extensions are not known here, write them into this file`);
      else if (!["ignorepat", "autohints"].includes(entry.key))
        this.#say(
          "EXT-W01",
          { valueAt: entry.at },
          `${show(entry.writtenKey)} is not known and ignored: write exten, same or include`,
        );
    }
  }

  /** Gives the extension, for the `same` lines below. */
  #exten(context: string, entry: Entry): string | undefined {
    const [written = "", priority = "", application = ""] = splitTop(entry.value, 3);
    const extension = written.replace(/\s/g, "").split("/")[0] ?? "";
    if (extension === "" || priority.trim() === "") {
      this.#say("EXT-E01", entry, "write exten => EXTENSION,PRIORITY,Application(arguments)");
      return undefined;
    }
    this.#priority(context, entry, extension, priority.trim(), application);
    return extension;
  }

  #same(context: string, entry: Entry, extension: string | undefined): void {
    const [priority = "", application = ""] = splitTop(entry.value, 2);
    if (extension === undefined) this.#say("EXT-W02", entry, "same without an exten line above is ignored: write exten => …");
    else this.#priority(context, entry, extension, priority.trim(), application);
  }

  #priority(context: string, entry: Entry, extension: string, priority: string, application: string): void {
    if (priority.toLowerCase() === "hint") this.#hint(context, extension, application, entry);
    else if (!PRIORITY.test(priority))
      this.#say("EXT-W03", entry, `priority "${show(priority)}" is not a number, n or hint: line ignored`);
  }

  #hint(context: string, extension: string, application: string, entry: Entry): void {
    // What follows the comma is a presence provider, not a device (sla.md §4.3).
    const devices = (application.split(",")[0] ?? "")
      .split("&")
      .map((device) => device.trim())
      .filter((device) => device !== "");
    const key = `${context}\n${extension}`;
    const mistake = mistakeOf(extension, devices);
    if (mistake !== undefined) this.#say(mistake.code, entry, `hint of ${show(extension)} ${mistake.message}`);
    else if (this.hints.has(key))
      this.#say("EXT-W04", entry, `hint of ${show(extension)} is defined twice in [${show(context)}]: the first one is used`);
    else this.hints.set(key, { extension, context, devices, origin: `${entry.at.file}:${entry.at.line}` });
  }

  #include(context: string, entry: Entry): void {
    // What follows the comma are times (sla.md §5.3).
    const included = (entry.value.split(",")[0] ?? "").trim();
    if (included === "") this.#say("EXT-W06", entry, "include without a context is ignored: write include => CONTEXT");
    else this.includes.push({ context, included, entry });
  }

  #say(code: string, { valueAt }: Pick<Entry, "valueAt">, message: string): void {
    this.diagnostics.push({ ...valueAt, code, message });
  }
}

function mistakeOf(extension: string, devices: readonly string[]): Pick<Diagnostic, "code" | "message"> | undefined {
  if (devices.length === 0 || devices.length > DEVICES_MAX)
    return {
      code: "EXT-E02",
      message: `needs 1 to ${DEVICES_MAX} devices: write exten => ${show(extension)},hint,Tech/resource`,
    };
  if (extension.length > EXTENSION_MAX_CHARACTERS)
    return { code: "EXT-E03", message: `is longer than ${EXTENSION_MAX_CHARACTERS} characters: give it a shorter name` };
  const hasVariable = extension.includes("${") || devices.some((device) => device.includes("${"));
  if (extension.startsWith("_") || hasVariable)
    return { code: "SLA-W21", message: "is a pattern or holds a variable and is left out: write one line for each extension" };
  return undefined;
}

/** Cuts at commas outside brackets into at most `max` parts; the last keeps its commas. */
function splitTop(text: string, max: number): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length && parts.length < max - 1; at += 1) {
    const char = text.charAt(at);
    if (char === "[") depth += 1;
    else if (char === "]") depth = Math.max(0, depth - 1);
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
