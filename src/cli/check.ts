import { resolve } from "node:path";
import type { Command } from "commander";
import { readPhoneFile, repairPhoneFile } from "#app/site-reading/phone-files";
import { readSite, type ReadingStage } from "#app/site-reading/read-site";
import { severityOf, type Severity } from "#domain/site/diagnostic";
import { siteReport, type SiteReport } from "#domain/site/site-report";
import { EMPTY_SITE } from "#domain/site/site";
import type { ExplainedDiagnostic } from "#domain/site/codes/explain";
import { allowIncludeOption } from "./repeatable.ts";

const EXIT_ERRORS = 1;
const EXIT_UNUSABLE = 2;

/** Where a command writes: what it found, and what a person wants to read about it. */
export interface Output {
  readonly print: (line: string) => void;
  readonly explain: (line: string) => void;
  /** Hears what a long reading is at; undefined: nobody looks on. */
  readonly progress?: (stage: ReadingStage | undefined) => void;
  readonly hasColour?: boolean;
}

export interface CheckOptions {
  readonly json?: boolean;
  /** Prints why and fix below each finding. */
  readonly explain?: boolean;
  readonly allowInclude?: readonly string[];
  /** Prints the file of a phone, mended, in place of its findings. */
  readonly repair?: boolean;
}

/** `lamplighter check PATH`: what is right and wrong with a site, as `file:line:column CODE message` (design §6, §9.19). */
export function addCheckCommand(program: Command): void {
  program
    .command("check")
    .description("say what is right and wrong with a site's files; exit code 1 on errors, 2 when the site cannot be served")
    .argument("<path>", "folder with Asterisk files and/or site.yaml, one YAML file, or a phone's .cfg or .xml file")
    .option("--json", "print the findings as JSON, with what each means")
    .option("--explain", "print below each finding why it matters and how it is mended")
    .option("--repair", "print a phone's file with its quotes, dashes and blanks mended; the findings go to standard error")
    .addOption(allowIncludeOption())
    .action(async (path: string, options: CheckOptions) => {
      process.stdout.on("error", ignoreClosedPipe);
      process.exitCode = await runCheck(path, options, processOutput());
    });
}

/** Standard output for what is found, standard error for the rest; progress and colours for people only. */
export function processOutput(): Output {
  return {
    print: (line) => process.stdout.write(`${line}\n`),
    explain: (line) => process.stderr.write(`${line}\n`),
    ...(process.stderr.isTTY
      ? { progress: (stage) => process.stderr.write(`\r\u001b[K${stage === undefined ? "" : `${stage} …`}`) }
      : {}),
    hasColour: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
  };
}

/** Whoever reads along, `head` for one, may have seen enough. */
export function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** The command without its process: prints one line a finding, or one JSON object, and gives the exit code. */
export async function runCheck(path: string, options: CheckOptions, output: Output): Promise<number> {
  const { progress } = output;
  if (options.repair === true) return repairPhone(resolve(path), options, output);
  const allowInclude = (options.allowInclude ?? []).map((folder) => resolve(folder));
  const readOptions = { allowInclude, ...(progress === undefined ? {} : { onStage: progress }) };
  const reading = (await readPhoneFile(resolve(path))) ?? (await readSite(resolve(path), readOptions));
  progress?.(undefined);
  const report = siteReport(reading);
  const errors = report.diagnostics.filter(({ severity }) => severity === "E").length;
  if (options.json === true) output.print(JSON.stringify(report));
  else {
    printFindings(report.diagnostics, options.explain === true, output);
    output.explain(report.unusable === undefined ? verdictOf(report, errors) : `cannot be used: ${report.unusable}`);
  }
  if (report.unusable !== undefined) return EXIT_UNUSABLE;
  return errors > 0 ? EXIT_ERRORS : 0;
}

/** The mended file of a phone on standard output, unless even that is no XML; a site is mended by `import`. */
async function repairPhone(path: string, options: CheckOptions, output: Output): Promise<number> {
  const file = await repairPhoneFile(path);
  if (file === undefined) {
    output.explain(`${path} is no .cfg or .xml file of a phone: a site is mended by lamplighter import DIR --repair`);
    return EXIT_UNUSABLE;
  }
  const report = siteReport((await readPhoneFile(path)) ?? { site: EMPTY_SITE, diagnostics: [] });
  printFindings(report.diagnostics, options.explain === true, { ...output, print: output.explain });
  if (file.rejected) return EXIT_ERRORS;
  output.print(file.repaired.replace(/\n$/, ""));
  return 0;
}

function verdictOf({ counts, diagnostics }: SiteReport, errors: number): string {
  const found = Object.entries(counts).map(([kind, count]) => counted(count, kind));
  const others = diagnostics.length - errors;
  return `${found.join(", ")}; ${counted(errors, "errors")}, ${others === 1 ? "1 warning or note" : `${others} warnings and notes`}`;
}

function counted(count: number, kind: string): string {
  return `${count} ${count === 1 ? kind.replace(/s$/, "") : kind}`;
}

const COLOURS: Readonly<Record<Severity, string>> = { E: "31", W: "33", I: "36" };

/** One line a finding; with `explain`, why and fix below it. */
export function printFindings(
  diagnostics: readonly ExplainedDiagnostic[],
  withReasons: boolean,
  { print, hasColour }: Output,
): void {
  if (diagnostics.length === 0) return;
  const lines = diagnostics.map((diagnostic) => {
    const { file, line, column, code, message, why, fix } = diagnostic;
    const shownCode = hasColour === true ? `\u001b[${COLOURS[severityOf(diagnostic)]}m${code}\u001b[0m` : code;
    const reasons = withReasons ? `\n    why: ${why}\n    fix: ${fix}` : "";
    return `${file}:${line}:${column} ${shownCode} ${message}${reasons}`;
  });
  print(lines.join("\n"));
}
