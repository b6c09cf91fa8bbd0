import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { exportSite } from "#asterisk/export/export-site";
import { readSite } from "#app/site-reading/read-site";
import { formatDiagnostic, severityOf } from "#domain/site/diagnostic";
import { ignoreClosedPipe, type Output } from "./check.ts";
import { allowIncludeOption } from "./repeatable.ts";
import { environmentName, siteOption } from "./site-option.ts";

const EXIT_ERRORS = 1;
const EXIT_UNUSABLE = 2;
/** They hold secrets. */
const FILE_MODE = 0o640;

/** Flags of the command. */
export interface ExportOptions {
  readonly asterisk: string;
  readonly site: string;
  readonly force?: boolean;
  readonly allowInclude?: readonly string[];
}

/** `lamplighter export --asterisk DIR`: a site as Asterisk's files. */
export function addExportCommand(program: Command): void {
  const site = siteOption();
  program
    .command("export")
    .description("write a site as Asterisk's files; exit code 1 when an object of it is left out")
    .requiredOption("--asterisk <dir>", "folder that sla.conf, sip.conf, extensions.conf and what else is needed go to")
    .addOption(site.env(environmentName(site)))
    .addOption(allowIncludeOption())
    .option("--force", "write over files that are there")
    .action(async (options: ExportOptions) => {
      process.stdout.on("error", ignoreClosedPipe);
      process.exitCode = await runExport(options, {
        print: (line) => process.stdout.write(`${line}\n`),
        explain: (line) => process.stderr.write(`${line}\n`),
      });
    });
}

/** The command without its process: prints the files that were written, explains the findings, and gives the exit code. */
export async function runExport(options: ExportOptions, { print, explain }: Output): Promise<number> {
  const allowInclude = (options.allowInclude ?? []).map((folder) => resolve(folder));
  const { site, unusable, diagnostics: found } = await readSite(resolve(options.site), { allowInclude });
  if (unusable !== undefined) {
    for (const diagnostic of found) explain(formatDiagnostic(diagnostic));
    explain(`cannot be used: ${unusable}`);
    return EXIT_UNUSABLE;
  }
  const { texts, diagnostics } = exportSite(site);
  const folder = resolve(options.asterisk);
  try {
    await makeFolder(folder);
    const present = new Set(await readdir(folder));
    const taken = [...texts.keys()].filter((name) => present.has(name));
    if (taken.length > 0 && options.force !== true) {
      explain(`${folder} has ${taken.join(", ")} already: choose another folder, or write over them with --force`);
      return EXIT_UNUSABLE;
    }
    for (const [name, text] of texts) {
      await replaceFile(folder, name, text);
      print(join(folder, name));
    }
  } catch (error) {
    explain(`${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_UNUSABLE;
  }
  for (const diagnostic of diagnostics) explain(formatDiagnostic(diagnostic));
  return diagnostics.some((diagnostic) => severityOf(diagnostic) === "E") ? EXIT_ERRORS : 0;
}

/** With those above it. Node's own `recursive` never ends where a file system refuses new folders as not there (/proc). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || existsSync(dirname(folder))) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}

/** Whole or not at all: an Asterisk may be reading. */
async function replaceFile(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `.${name}.${process.pid}`);
  await writeFile(temporary, text, { mode: FILE_MODE, flag: "wx" });
  await chmod(temporary, FILE_MODE);
  await rename(temporary, join(folder, name));
}
