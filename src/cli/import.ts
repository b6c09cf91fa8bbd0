import { resolve } from "node:path";
import type { Command } from "commander";
import { readSite } from "#app/site-reading/read-site";
import { formatDiagnostic, severityOf } from "#domain/site/diagnostic";
import { importSite } from "#site-yaml/import-site";
import { ignoreClosedPipe, type Output } from "./check.ts";
import { allowIncludeOption } from "./repeatable.ts";

const EXIT_ERRORS = 1;
const EXIT_UNUSABLE = 2;

/** Flags of the command. */
export interface ImportOptions {
  readonly repair?: boolean;
  readonly allowInclude?: readonly string[];
}

/** `lamplighter import DIR > site.yaml`: Asterisk's files as the native form. */
export function addImportCommand(program: Command): void {
  program
    .command("import")
    .description("print a site.yaml that says what Asterisk's files say; exit code 1 when something of them is left out")
    .argument(
      "<dir>",
      "folder with Asterisk files; labels and passwords are taken from phones' .cfg files there, where Asterisk's say none",
    )
    .option("--repair", "mend what would be left out, where it is clear what was meant")
    .addOption(allowIncludeOption())
    .action(async (path: string, options: ImportOptions) => {
      process.stdout.on("error", ignoreClosedPipe);
      process.exitCode = await runImport(path, options, {
        print: (text) => process.stdout.write(text),
        explain: (line) => process.stderr.write(`${line}\n`),
      });
    });
}

/** The command without its process: prints the text, explains the findings, and gives the exit code. */
export async function runImport(path: string, options: ImportOptions, { print, explain }: Output): Promise<number> {
  const { repair = false, allowInclude = [] } = options;
  const folders = allowInclude.map((folder) => resolve(folder));
  const reading = await readSite(resolve(path), { repair, allowInclude: folders, takePhoneFiles: true });
  if (reading.unusable !== undefined) {
    for (const diagnostic of reading.diagnostics) explain(formatDiagnostic(diagnostic));
    explain(`cannot be used: ${reading.unusable}`);
    return EXIT_UNUSABLE;
  }
  const { text, diagnostics } = importSite(reading);
  for (const diagnostic of diagnostics) explain(formatDiagnostic(diagnostic));
  print(text);
  return diagnostics.some((diagnostic) => severityOf(diagnostic) === "E") ? EXIT_ERRORS : 0;
}
