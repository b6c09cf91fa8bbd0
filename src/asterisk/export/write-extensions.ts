import type { DialplanContext, Extension, Step } from "#domain/dialplan/dialplan";
import type { Hint, Site } from "#domain/site/site";
import { keyHintText, textOfHint } from "#domain/site/written-site";
import { ConfWriter } from "./conf-writer.ts";

/** `extensions.conf` of a site, without what `autocontext` in sla.conf makes. */
export function writeExtensions(site: Site, header: string): string {
  const { dialplan } = site;
  const writer = new ConfWriter(header);
  writer.section("general");
  if (dialplan.globals.length > 0) {
    writer.section(
      "globals",
      dialplan.globals.map(({ name, value }) => [name, value]),
    );
  }
  const hints = hintsByContext(site);
  const made = madeByAutocontext(site);
  for (const context of dialplan.contexts) writeContext(writer, withoutMade(context, made), hints.get(context.name) ?? []);
  const written = new Set(dialplan.contexts.map(({ name }) => name));
  for (const [name, ofContext] of hints)
    if (!written.has(name)) writeContext(writer, { name, extensions: [], includes: [], ignorePatterns: [] }, ofContext);
  return writer.toString();
}

function writeContext(
  writer: ConfWriter,
  { name, includes, ignorePatterns, extensions }: DialplanContext,
  hints: readonly Hint[],
): void {
  writer.section(name);
  for (const { context, times } of includes) writer.arrow("include", times === undefined ? context : `${context},${times}`);
  for (const pattern of ignorePatterns) writer.arrow("ignorepat", pattern);
  for (const extension of extensions) writeExtension(writer, extension);
  for (const { extension, devices } of hints) writer.arrow("exten", `${extension},hint,${devices.join("&")}`);
}

function writeExtension(writer: ConfWriter, { name, callerId, steps }: Extension): void {
  const extension = callerId === undefined ? name : `${name}/${callerId}`;
  let last: Step | undefined;
  for (const step of steps) {
    const follows = last !== undefined && step.priority === last.priority + 1;
    const { generatedFor } = step;
    if (generatedFor !== undefined && generatedFor !== last?.generatedFor) writer.comment(`for ${generatedFor}`);
    const label = step.label === undefined ? "" : `(${step.label})`;
    const rest = `${follows ? "n" : step.priority}${label},${step.application}(${step.args})`;
    if (follows) writer.arrow("same", rest);
    else writer.arrow("exten", `${extension},${rest}`);
    last = step;
  }
}

/** Context and extension of what Asterisk makes itself (sla.md §2.7). */
function madeByAutocontext({ trunks, stations }: Site): ReadonlySet<string> {
  return new Set([
    ...trunks.flatMap(({ autocontext }) => (autocontext === undefined ? [] : placeOf(autocontext, "s"))),
    ...stations.flatMap(({ name, keys, autocontext }) =>
      autocontext === undefined
        ? []
        : [placeOf(autocontext, name), ...keys.map(({ trunk }) => placeOf(autocontext, `${name}_${trunk}`))],
    ),
  ]);
}

function placeOf(context: string, extension: string): string {
  return `${context}\n${extension}`;
}

function withoutMade(context: DialplanContext, made: ReadonlySet<string>): DialplanContext {
  const isMade = (extension: Extension, { generatedFor }: Step): boolean =>
    generatedFor !== undefined && made.has(placeOf(context.name, extension.name));
  const extensions = context.extensions.map((extension) => ({
    ...extension,
    steps: extension.steps.filter((step) => !isMade(extension, step)),
  }));
  return { ...context, extensions: extensions.filter(({ steps }) => steps.length > 0) };
}

function hintsByContext({ hints, stations }: Site): ReadonlyMap<string, readonly Hint[]> {
  const made = new Set(
    stations.flatMap(({ name, keys, autocontext }) =>
      autocontext === undefined ? [] : keys.map(({ trunk }) => keyHintText(name, trunk, autocontext)),
    ),
  );
  const byContext = new Map<string, Hint[]>();
  for (const hint of hints) {
    if (made.has(textOfHint(hint))) continue;
    const ofContext = byContext.get(hint.context);
    if (ofContext === undefined) byContext.set(hint.context, [hint]);
    else ofContext.push(hint);
  }
  return byContext;
}
