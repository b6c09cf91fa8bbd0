import type { Command } from "commander";
import { z } from "zod";
import { explain } from "#domain/site/codes/explain";
import type { SiteDiff } from "#domain/site/site-diff";
import { show } from "#domain/site/shown";
import { printFindings, processOutput, type Output } from "./check.ts";
import { addServerOptions, withServer, type ServerAnswer, type ServerFlags } from "./server-client.ts";

/** Names printed of one kind of change. */
const NAMED_MAX = 20;

const names = z.array(z.string());
const objectDiff = z.object({ added: names, removed: names, changed: names });
const finding = z.object({ file: z.string(), line: z.number(), column: z.number(), code: z.string(), message: z.string() });
const answerShape = z.object({
  diff: z.record(z.string(), objectDiff).optional(),
  detail: z.string().optional(),
  diagnostics: z.array(finding).default([]),
});

/**
 * `lamplighter reload [module…]`: the running server reads its site again. Names of Asterisk's modules, old and new, are taken and mean the
 * whole site (D19).
 */
export function addReloadCommand(program: Command): void {
  const command = program
    .command("reload")
    .description("let a running server read its site again; exit code 1 when it keeps what runs")
    .argument(
      "[module...]",
      "as Asterisk's command has it (app_meetme.so, app_sla.so, dialplan, sip): always the whole site is read",
    );
  addServerOptions(command).action(async (_modules: readonly string[], flags: ServerFlags) => {
    process.exitCode = await runReload(flags, processOutput());
  });
}

/** The command without its process: prints what changed and what was found, and gives the exit code. */
export async function runReload(flags: ServerFlags, output: Output): Promise<number> {
  return withServer(flags, output, async (client) => printReload(await client.ask("POST", "reload"), output));
}

function printReload({ status, json }: ServerAnswer, output: Output): number {
  const answer = answerShape.safeParse(json).data;
  printFindings((answer?.diagnostics ?? []).map(explain), false, output);
  if (status !== 200 || answer?.diff === undefined) {
    output.explain(`not taken over, what runs goes on: ${answer?.detail ?? `the server answered ${status}`}`);
    return 1;
  }
  const lines = diffLines(answer.diff);
  output.explain(lines.length === 0 ? "taken over, nothing changed" : `taken over\n${lines.join("\n")}`);
  return 0;
}

/** "trunks  + T3  - T1  ~ T2": one line a kind that changed. */
export function diffLines(diff: Partial<SiteDiff>): string[] {
  return Object.entries(diff).flatMap(([kind, { added, removed, changed }]) => {
    const parts = [listed("+", added), listed("-", removed), listed("~", changed)].filter((part) => part !== "");
    return parts.length === 0 ? [] : [`  ${kind}: ${parts.join("  ")}`];
  });
}

function listed(sign: string, all: readonly string[]): string {
  if (all.length === 0) return "";
  const shown = all.slice(0, NAMED_MAX).map((name) => show(name));
  return `${sign} ${shown.join(", ")}${all.length > NAMED_MAX ? ` and ${all.length - NAMED_MAX} more` : ""}`;
}
