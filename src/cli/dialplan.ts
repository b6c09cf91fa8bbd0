import { resolve } from "node:path";
import type { Command } from "commander";
import { readSite } from "#app/site-reading/read-site";
import { listDialplan, summarizeDialplan, type ListedContext, type ListedExtension } from "#domain/site/dialplan-listing";
import { didYouMean } from "#domain/site/nearest";
import { show } from "#domain/site/shown";
import { ignoreClosedPipe, type Output } from "./check.ts";
import { allowIncludeOption } from "./repeatable.ts";
import { environmentName, siteOption } from "./site-option.ts";

const EXIT_UNKNOWN = 1;
const EXIT_UNUSABLE = 2;
/** Columns of Asterisk's `dialplan show`. */
const NAME_WIDTH = 17;
const CALL_WIDTH = 45;
/** Control characters of a file must not reach a terminal; arguments are shown whole. */
const SHOWN_MAX_CHARACTERS = 8190;

interface ShowOptions {
  readonly site: string;
  readonly allowInclude: readonly string[];
  readonly json?: boolean;
}

/** `lamplighter dialplan show [CONTEXT]`: what is really there, and where each line came from. */
export function addDialplanCommand(program: Command): void {
  const site = siteOption();
  program
    .command("dialplan")
    .description("look at the dialplan of a site")
    .command("show")
    .description("print contexts with their extensions, hints and includes, in the order in which calls try them")
    .argument("[context]", "only this one")
    .addOption(site.env(environmentName(site)))
    .addOption(allowIncludeOption())
    .option("--json", "print it as JSON")
    .action(async (context: string | undefined, options: ShowOptions) => {
      process.stdout.on("error", ignoreClosedPipe);
      process.exitCode = await runDialplanShow(context, options, {
        print: (line) => process.stdout.write(`${line}\n`),
        explain: (line) => process.stderr.write(`${line}\n`),
      });
    });
}

/** The command without its process; gives the exit code. */
export async function runDialplanShow(
  context: string | undefined,
  { site: path, allowInclude, json = false }: ShowOptions,
  output: Output,
): Promise<number> {
  const { site, unusable } = await readSite(resolve(path), { allowInclude: allowInclude.map((folder) => resolve(folder)) });
  if (unusable !== undefined) {
    output.explain(`cannot be used: ${unusable}`);
    return EXIT_UNUSABLE;
  }
  const listed = listDialplan(site, context);
  if (context !== undefined && listed.length === 0) {
    const names = summarizeDialplan(site).map(({ context: name }) => name);
    output.explain(`there is no context "${show(context)}"${didYouMean(context, names)}`);
    return EXIT_UNKNOWN;
  }
  output.print(json ? JSON.stringify({ contexts: listed }) : formatDialplan(listed));
  return 0;
}

/** In Asterisk's familiar layout. */
export function formatDialplan(contexts: readonly ListedContext[]): string {
  const extensions = contexts.flatMap((context) => context.extensions);
  const steps = extensions.reduce((sum, { hint, steps: own }) => sum + own.length + (hint === undefined ? 0 : 1), 0);
  const counts = `-= ${extensions.length} extensions (${steps} priorities) in ${contexts.length} contexts. =-`;
  return [...contexts.map((context) => `${linesOf(context).join("\n")}\n`), counts].join("\n");
}

function linesOf({ context, extensions, includes, ignorePatterns }: ListedContext): string[] {
  return [
    `[ Context '${clean(context)}' ]`,
    ...extensions.flatMap(linesOfExtension),
    ...includes.map(({ context: included, times, from }) =>
      line("Include =>", times === undefined ? `'${included}'` : `'${included}' (${times})`, from),
    ),
    ...ignorePatterns.map((pattern) => line("Ignore pattern =>", `'${pattern}'`)),
  ];
}

function linesOfExtension({ extension, callerId, hint, steps }: ListedExtension): string[] {
  const name = `'${extension}'${callerId === undefined ? "" : ` (CID match '${callerId}')`} =>`;
  const calls = [
    ...(hint === undefined ? [] : [{ call: `hint: ${hint.devices.join("&")}`, label: undefined, from: hint.from }]),
    ...steps.map(({ priority, label, application, args, from }) => ({
      call: `${priority}. ${application}(${args})`,
      label,
      from,
    })),
  ];
  return calls.flatMap(({ call, label, from }, at) => {
    const mark = label === undefined ? "" : `   [${label}]`;
    if (at > 0) return line(mark, call, from);
    // The name has the column of the label: a label of the first step stands on a line of its own.
    return mark === "" ? line(name, call, from) : [`  ${clean(name)}`, line(mark, call, from)];
  });
}

function line(name: string, call: string, from?: string): string {
  const start = `  ${clean(name).padEnd(NAME_WIDTH)} ${clean(call)}`;
  return from === undefined ? start : `${start.padEnd(NAME_WIDTH + CALL_WIDTH + 3)} [${clean(from)}]`;
}

function clean(text: string): string {
  return show(text, SHOWN_MAX_CHARACTERS);
}
