import type { Command } from "commander";
import { z } from "zod";
import { show } from "#domain/site/shown";
import { processOutput, type Output } from "./check.ts";
import { addServerOptions, withServer, type ServerAnswer, type ServerFlags } from "./server-client.ts";

const answerShape = z.object({
  detail: z.string().optional(),
  contacts: z
    .array(
      z.object({
        account: z.string(),
        contact: z.string(),
        event: z.string(),
        outcome: z.string(),
        status: z.number().optional(),
        reason: z.string().optional(),
      }),
    )
    .optional(),
});

/** `lamplighter phone resync MAC`: the phone is asked to read its configuration again. */
export function addPhoneCommand(program: Command): void {
  const phone = program.command("phone").description("phones of a running server");
  const resync = phone
    .command("resync")
    .description("ask a phone to read its configuration again; exit code 1 when no contact of it said yes")
    .argument("<mac>", "MAC address of the phone");
  addServerOptions(resync).action(async (mac: string, flags: ServerFlags) => {
    process.exitCode = await runResync(mac, flags, processOutput());
  });
}

/** The command without its process: prints what each contact answered, and gives the exit code. */
export async function runResync(mac: string, flags: ServerFlags, output: Output): Promise<number> {
  return withServer(flags, output, async (client) =>
    printResync(await client.ask("POST", `phones/${encodeURIComponent(mac)}/resync`), output),
  );
}

function printResync({ status, json }: ServerAnswer, output: Output): number {
  const answer = answerShape.safeParse(json).data;
  if (status !== 200 || answer?.contacts === undefined) {
    output.explain(`lamplighter: ${answer?.detail ?? `the server answered ${status}`}`);
    return 1;
  }
  const { contacts } = answer;
  if (contacts.length === 0) output.explain("the phone is not registered: it reads its configuration when it starts");
  for (const one of contacts) {
    const said = one.status === undefined ? one.outcome : `${one.status} ${one.reason ?? ""}`;
    output.print(`${show(one.account)} ${show(one.contact)} ${one.event}: ${show(said.trim())}`);
  }
  return contacts.some(({ status: code }) => code !== undefined && code < 300) ? 0 : 1;
}
