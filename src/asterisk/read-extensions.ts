import type { Diagnostic } from "#domain/site/diagnostic";
import type { Hint } from "#domain/site/site";
import type { ConfFile, Entry, Section } from "./conf-value.ts";
import { show } from "./parse-conf.ts";

/** What `extensions.conf` says of lamps: hints, and which contexts see which. */
export interface ExtensionsReading {
  readonly hints: readonly Hint[];
  readonly includes: Readonly<Record<string, readonly string[]>>;
  readonly contexts: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

const RESERVED = new Set(["general", "globals"]);
/** Devices in one hint. */
const DEVICES_MAX = 50;

/** Reads contexts, includes and hints (sla.md §5.3). Other priorities are checked for their form only: calls are not routed yet. */
export function readExtensions(conf: ConfFile): ExtensionsReading {
  const reader = new ExtensionsReader();
  for (const section of conf.sections)
    if (!section.isTemplate && !RESERVED.has(section.name.toLowerCase())) reader.context(section);
  return {
    hints: [...reader.hints.values()],
    includes: Object.fromEntries(reader.includes),
    contexts: [...reader.contexts],
    diagnostics: reader.diagnostics,
  };
}

class ExtensionsReader {
  readonly hints = new Map<string, Hint>();
  readonly includes = new Map<string, string[]>();
  readonly contexts = new Set<string>();
  readonly diagnostics: Diagnostic[] = [];

  context(section: Section): void {
    this.contexts.add(section.name);
    let extension: string | undefined;
    for (const entry of section.entries) {
      if (entry.key === "exten") extension = this.#exten(section.name, entry, undefined) ?? extension;
      else if (entry.key.startsWith("same")) this.#same(section.name, entry, extension);
      else if (entry.key === "include") this.#include(section.name, entry);
      else if (["switch", "lswitch", "eswitch"].includes(entry.key))
        this.#say("SLA-W21", entry, `${entry.key} is not followed: its extensions are not known here`);
      else if (!["ignorepat", "autohints"].includes(entry.key))
        this.#say("EXT-W01", entry, `${show(entry.writtenKey)} is not known and ignored: write exten, same or include`);
    }
  }

  #same(context: string, entry: Entry, extension: string | undefined): void {
    if (extension === undefined) this.#say("EXT-W02", entry, "same without an exten line above: ignored");
    else this.#exten(context, entry, extension);
  }

  /** Gives the extension, for the `same` lines below. */
  #exten(context: string, entry: Entry, sameExtension: string | undefined): string | undefined {
    const parts = splitTop(entry.value, sameExtension === undefined ? 3 : 2);
    const [written, priority = "", application = ""] = sameExtension === undefined ? parts : [sameExtension, ...parts];
    const extension = (written ?? "").replace(/\s/g, "").split("/")[0] ?? "";
    if (extension === "" || priority.trim() === "") {
      this.#say("EXT-E01", entry, "write exten => EXTENSION,PRIORITY,Application(arguments)");
      return undefined;
    }
    if (priority.trim().toLowerCase() === "hint") this.#hint(context, extension, application, entry);
    else if (!/^(?:\d+|n|next|s|same|[A-Za-z_][\w-]*)(?:\([^()]*\))?(?:\+\d+)?$/i.test(priority.trim())) {
      this.#say("EXT-W03", entry, `priority "${show(priority)}" is not a number, n or hint: line ignored`);
    }
    return extension;
  }

  #hint(context: string, extension: string, application: string, entry: Entry): void {
    // What follows the comma is a presence provider, not a device (sla.md §4.3).
    const devices = (application.split(",")[0] ?? "")
      .split("&")
      .map((device) => device.trim())
      .filter((device) => device !== "");
    if (devices.length === 0 || devices.length > DEVICES_MAX) {
      this.#say(
        "EXT-E02",
        entry,
        `hint of ${show(extension)} needs 1 to ${DEVICES_MAX} devices: write exten => ${show(extension)},hint,Tech/resource`,
      );
      return;
    }
    const key = `${context}\n${extension}`;
    if (this.hints.has(key)) {
      this.#say("EXT-W04", entry, `hint of ${show(extension)} is defined twice in [${show(context)}]: the first one is used`);
      return;
    }
    this.hints.set(key, { extension, context, devices, origin: `${entry.at.file}:${entry.at.line}` });
  }

  #include(context: string, entry: Entry): void {
    const included = (entry.value.split(",")[0] ?? "").trim();
    if (included === "") return;
    const list = this.includes.get(context);
    if (list === undefined) this.includes.set(context, [included]);
    else list.push(included);
  }

  #say(code: string, entry: Entry, message: string): void {
    this.diagnostics.push({ ...entry.valueAt, code, message });
  }
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
