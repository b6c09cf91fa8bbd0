import { isMap, type Node } from "yaml";
import type { ContextInclude, DialplanContext, Extension, GlobalVariable, Step } from "#domain/dialplan/dialplan";
import { parseApplicationCall } from "#domain/dialplan/application-call";
import { show } from "#domain/site/shown";
import { CONTEXT_FIELDS, globalValue, INCLUDE_FIELDS, STEP_FIELDS } from "./dialplan-fields.ts";
import { readRecord, type ValuesOf } from "./kinds.ts";
import type { HintReader } from "./read-hints.ts";
import type { Field, YamlFields } from "./yaml-fields.ts";

const NAME = /^[^\p{Cc}\]]{1,79}$/u;
const RESERVED = ["general", "globals"];
const EXTENSION = /^[^\s\p{Cc}/]{1,79}(?:\/[^\s\p{Cc}]{0,79})?$/u;
const VARIABLE = /^[^\s\p{Cc}=[#;]{1,79}$/u;
const STEPS_MAX = 10_000;

/** `contexts`: NAME: {include, hints, extensions, ignorePatterns}, as sections of extensions.conf. */
export function readContexts(yaml: YamlFields, field: Field | undefined, hints: HintReader): readonly DialplanContext[] {
  return [...yaml.of(field?.value, "contexts").values()].flatMap((written) => {
    const { name, key, value } = written;
    if (!NAME.test(name) || name.trim() !== name || RESERVED.includes(name.toLowerCase())) {
      yaml.tree.say(
        "YAML-E12",
        key,
        `context "${show(name)}" is left out: write a name of 1 to 79 characters, not general or globals`,
      );
      return [];
    }
    const fields = readRecord(yaml, value, "a context", CONTEXT_FIELDS);
    hints.read(fields.hints, name);
    // Hints alone make no context of the dialplan.
    if (Object.keys(fields).join() === "hints") return [];
    return [
      {
        name,
        extensions: readExtensions(yaml, fields.extensions),
        includes: yaml.list(fields.include?.value).flatMap((node) => readInclude(yaml, node)),
        ignorePatterns: fields.ignorePatterns ?? [],
      },
    ];
  });
}

/** `globals`: NAME: value. */
export function readGlobals(yaml: YamlFields, field: Field | undefined): readonly GlobalVariable[] {
  return [...yaml.of(field?.value, "globals").values()].flatMap((written) => {
    const value = written.value === undefined ? "" : globalValue.read(yaml, written);
    if (value !== undefined && VARIABLE.test(written.name))
      return [{ name: written.name, value, origin: yaml.tree.origin(written.key) }];
    if (value !== undefined)
      yaml.tree.say("YAML-E12", written.key, `variable "${show(written.name)}" is left out: write a name without blanks or =`);
    return [];
  });
}

function readInclude(yaml: YamlFields, node: Node): ContextInclude[] {
  const { context, times } = isMap(node)
    ? readRecord(yaml, node, "an include", INCLUDE_FIELDS)
    : ({ context: yaml.textOf(node, "an included context") } as ValuesOf<typeof INCLUDE_FIELDS>);
  if (context === undefined) return [];
  return [{ context, ...(times === undefined ? {} : { times }), origin: yaml.tree.origin(node) }];
}

function readExtensions(yaml: YamlFields, field: Field | undefined): readonly Extension[] {
  return [...yaml.of(field?.value, "extensions").values()].flatMap((written) => {
    if (!EXTENSION.test(written.name)) {
      const form = `write a number, a name, a pattern like _X., or EXTENSION/CALLER, without blanks`;
      yaml.tree.say("YAML-E12", written.key, `extension "${show(written.name)}" is left out: ${form}`);
      return [];
    }
    const slash = written.name.indexOf("/");
    const steps = readSteps(yaml, written);
    if (slash === -1) return [{ name: written.name, steps }];
    return [{ name: written.name.slice(0, slash), callerId: written.name.slice(slash + 1), steps }];
  });
}

/** Steps by ascending priority; of two with one priority the first is used. */
function readSteps(yaml: YamlFields, extension: Field): readonly Step[] {
  const steps = new Map<number, Step>();
  const nodes = yaml.list(extension.value);
  if (nodes.length > STEPS_MAX) yaml.tree.say("YAML-E12", extension.key, `more than ${STEPS_MAX} steps: the first are used`);
  let last = 0;
  for (const node of nodes.slice(0, STEPS_MAX)) {
    const step = readStep(yaml, node, last + 1);
    if (step === undefined) continue;
    last = step.priority;
    if (steps.has(last)) yaml.tree.say("YAML-E12", node, `priority ${last} stands twice: the first is used, remove one`);
    else steps.set(last, step);
  }
  return [...steps.values()].sort((a, b) => a.priority - b.priority);
}

function readStep(yaml: YamlFields, node: Node, next: number): Step | undefined {
  const {
    run,
    label,
    priority = next,
  } = isMap(node)
    ? readRecord(yaml, node, "a step", STEP_FIELDS)
    : { run: STEP_FIELDS.run.read(yaml, { name: "a step", key: node, value: node }) };
  const call = run === undefined ? undefined : applicationCall(run);
  if (call === undefined) {
    if (run !== undefined || isMap(node)) yaml.tree.say("YAML-E12", node, "a step is left out: write Application(arguments)");
    return undefined;
  }
  return { priority, ...(label === undefined ? {} : { label }), ...call, origin: yaml.tree.origin(node) };
}

/** undefined: it is none. */
function applicationCall(run: string): Pick<Step, "application" | "args"> | undefined {
  const { application, args, closed, rest } = parseApplicationCall(run);
  return application === "" || !closed || rest !== "" ? undefined : { application, args };
}
