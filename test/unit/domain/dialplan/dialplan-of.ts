import { parseApplicationCall } from "#domain/dialplan/application-call";
import type { Dialplan, DialplanContext, Extension, Step } from "#domain/dialplan/dialplan";

interface Draft {
  name: string;
  extensions: { name: string; callerId?: string; steps: Step[] }[];
  includes: DialplanContext["includes"][number][];
  ignorePatterns: string[];
}

/** A dialplan from lines as people write them: `[context]`, `exten => E[/caller],P[(label)],App(args)`, `same => …`, `include => c`, `name=value`. */
export function dialplanOf(text: string): Dialplan {
  const contexts: Draft[] = [];
  const globals: Dialplan["globals"][number][] = [];
  let name = "";
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    const origin = `extensions.conf:${index + 1}`;
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    const [key = "", value = ""] = line.split(/\s*=>?\s*(.*)/);
    const context = contexts.at(-1);
    if (section !== undefined) {
      if (section !== "globals") contexts.push({ name: section, extensions: [], includes: [], ignorePatterns: [] });
    } else if (context === undefined) {
      if (line !== "") globals.push({ name: key, value, origin });
    } else if (key === "include") {
      context.includes.push({ context: value, origin });
    } else if (line !== "") {
      const [, own, rest = ""] = key === "same" ? ["", name, value] : (/^((?:\[[^\]]*\]|[^,[])*),(.*)$/.exec(value) ?? []);
      name = own ?? "";
      add(context, name, rest, origin);
    }
  }
  return { contexts: contexts, globals };
}

function add(context: Draft, written: string, rest: string, origin: Step["origin"]): void {
  const [, priority = "", label, call = ""] = /^([^,(]+)(?:\(([^)]*)\))?,(.*)$/.exec(rest) ?? [];
  const [name = "", callerId] = written.split("/") as [string?, string?];
  let extension = context.extensions.find((one) => one.name === name && one.callerId === callerId);
  if (extension === undefined) {
    extension = { name, ...(callerId === undefined ? {} : { callerId }), steps: [] };
    context.extensions.push(extension);
  }
  const { application, args } = parseApplicationCall(call);
  const number = priority === "n" ? (extension.steps.at(-1)?.priority ?? 0) + 1 : Number(priority);
  extension.steps.push({ priority: number, ...(label === undefined ? {} : { label }), application, args, origin });
}

/** Contexts of extensions of one step each, for look-ups. */
export function extensionsOf(names: readonly string[]): readonly Extension[] {
  const origin = "extensions.conf:1";
  return names.map((name) => ({ name, steps: [{ priority: 1, application: "NoOp", args: name, origin }] }));
}
