import { resolve } from "node:path";
import type { Command } from "commander";
import { readSite } from "#app/read-site";
import { formatDiagnostic, severityOf } from "#domain/site/diagnostic";

const EXIT_ERRORS = 1;
const EXIT_UNUSABLE = 2;

/** Where a command writes: what it found, and what a person wants to read about it. */
export interface Output {
  readonly print: (line: string) => void;
  readonly explain: (line: string) => void;
}

/** `lamplighter check PATH`: what is right and wrong with a site, as `file:line:column CODE message` (design §6, §9.19). */
export function addCheckCommand(program: Command): void {
  program
    .command("check")
    .description("say what is right and wrong with a site's files; exit code 1 on errors, 2 when the site cannot be served")
    .argument("<path>", "folder with Asterisk files and/or site.yaml, or one YAML file")
    .option("--json", "print the findings as JSON")
    .action(async (path: string, options: { readonly json?: boolean }) => {
      process.stdout.on("error", ignoreClosedPipe);
      process.exitCode = await runCheck(path, options.json === true, {
        print: (line) => process.stdout.write(`${line}\n`),
        explain: (line) => process.stderr.write(`${line}\n`),
      });
    });
}

/** Whoever reads along, `head` for one, may have seen enough. */
export function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** The command without its process: prints one line a finding, or one JSON object, and gives the exit code. */
export async function runCheck(path: string, json: boolean, { print, explain }: Output): Promise<number> {
  const { site, diagnostics, unusable } = await readSite(resolve(path));
  const errors = diagnostics.filter((diagnostic) => severityOf(diagnostic) === "E").length;
  const counts = {
    trunks: site.trunks.length,
    stations: site.stations.length,
    phones: site.phones.length,
    accounts: site.accounts.length,
    hints: site.hints.length,
  };
  if (json) print(JSON.stringify({ diagnostics, counts, ...(unusable === undefined ? {} : { unusable }) }));
  else {
    if (diagnostics.length > 0) print(diagnostics.map(formatDiagnostic).join("\n"));
    const found = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
    const verdict = `${found.join(", ")}; ${errors} errors, ${diagnostics.length - errors} warnings and notes`;
    explain(unusable === undefined ? verdict : `cannot be used: ${unusable}`);
  }
  if (unusable !== undefined) return EXIT_UNUSABLE;
  return errors > 0 ? EXIT_ERRORS : 0;
}
