import { resolve } from "node:path";
import type { Command } from "commander";
import { readSite } from "#app/read-site";
import { formatDiagnostic, severityOf } from "#domain/site/diagnostic";

const EXIT_ERRORS = 1;
const EXIT_UNUSABLE = 2;

/** `lamplighter check PATH`: what is right and wrong with a site, as `file:line:column CODE message`. */
export function addCheckCommand(program: Command): void {
  program
    .command("check")
    .description("say what is right and wrong with a site's files")
    .argument("<path>", "folder with Asterisk files and/or site.yaml, or one YAML file")
    .option("--json", "print the findings as JSON")
    .action(async (path: string, options: { readonly json?: boolean }) => {
      process.exitCode = await runCheck(path, options.json === true, (line) => process.stdout.write(`${line}\n`));
    });
}

/** The command without its process: gives the exit code. */
export async function runCheck(path: string, json: boolean, print: (line: string) => void): Promise<number> {
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
    for (const diagnostic of diagnostics) print(formatDiagnostic(diagnostic));
    const found = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
    print(
      unusable === undefined
        ? `${found.join(", ")}; ${errors} errors, ${diagnostics.length - errors} warnings and notes`
        : `cannot be used: ${unusable}`,
    );
  }
  if (unusable !== undefined) return EXIT_UNUSABLE;
  return errors > 0 ? EXIT_ERRORS : 0;
}
