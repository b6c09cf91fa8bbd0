import type { Command } from "commander";
import { z } from "zod";
import { show } from "#domain/site/shown";
import { processOutput, type Output } from "./check.ts";
import { addServerOptions, refusal, withServer, type ServerFlags } from "./server-client.ts";

const legShape = z.object({
  id: z.string(),
  node: z.string(),
  account: z.string().optional(),
  direction: z.enum(["incoming", "outgoing"]),
  phase: z.string(),
  held: z.boolean(),
  remote: z.object({ number: z.string(), name: z.string() }),
});
const callShape = z.object({ id: z.string(), since: z.string(), line: z.string().optional(), legs: z.array(legShape) });

/** `lamplighter call show` and `lamplighter call end ID`. */
export function addCallCommand(program: Command): void {
  const call = program.command("call").description("calls of a running server");
  addServerOptions(call.command("show").description("the calls that are up or being made")).action(async (flags: ServerFlags) => {
    process.exitCode = await runCallShow(flags, processOutput());
  });
  const end = call.command("end").description("hang up a call").argument("<id>", "as `call show` names it");
  addServerOptions(end).action(async (id: string, flags: ServerFlags) => {
    process.exitCode = await runCallEnd(id, flags, processOutput());
  });
}

/** `call show` without its process; gives the exit code. */
export async function runCallShow(flags: ServerFlags, output: Output): Promise<number> {
  return withServer(flags, output, async (client) => {
    const calls = await client.list("calls", callShape);
    if (calls.length === 0) output.explain("there are no calls");
    for (const call of calls) printCall(call, output);
    return 0;
  });
}

/** `call end` without its process; gives the exit code. */
export async function runCallEnd(id: string, flags: ServerFlags, output: Output): Promise<number> {
  return withServer(flags, output, async (client) => {
    const answer = await client.ask("DELETE", `calls/${encodeURIComponent(id)}`);
    if (answer.status !== 204) throw refusal(answer);
    output.explain("the call is hung up");
    return 0;
  });
}

function printCall({ id, since, line, legs }: z.infer<typeof callShape>, output: Output): void {
  output.print(`${show(id)}  since ${since}${line === undefined ? "" : `, line ${show(line)}`}`);
  for (const { account, direction, phase, held, remote, node } of legs) {
    const who = account === undefined ? "somebody trusted" : show(account);
    const other = `${show(remote.number)}${remote.name === "" ? "" : ` (${show(remote.name)})`}`;
    const does = direction === "incoming" ? `calls ${other}` : `is called${other === "" ? "" : ` by ${other}`}`;
    output.print(`  ${who} ${does}: ${phase}${held ? ", holds" : ""} (node ${show(node)})`);
  }
}
