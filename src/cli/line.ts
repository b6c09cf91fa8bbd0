import type { Command } from "commander";
import { z } from "zod";
import { show } from "#domain/site/shown";
import { processOutput, type Output } from "./check.ts";
import { addServerOptions, withServer, type ServerFlags } from "./server-client.ts";

const lineShape = z.object({
  trunk: z.string(),
  device: z.string(),
  autocontext: z.string().optional(),
  ringtimeout: z.number(),
  barge: z.boolean(),
  hold: z.enum(["open", "private"]),
  phase: z.enum(["idle", "dialling", "ringing", "up"]),
  since: z.string().optional(),
  direction: z.enum(["in", "out"]).optional(),
  party: z.object({ number: z.string(), name: z.string() }).optional(),
  connected: z.array(z.string()),
  holders: z.array(z.object({ station: z.string(), private: z.boolean() })),
  keys: z.array(z.object({ station: z.string(), state: z.string(), ringtimeout: z.number(), ringdelay: z.number() })),
});

type LineAnswer = z.infer<typeof lineShape>;

const PHASES: Readonly<Record<LineAnswer["phase"], string>> = {
  idle: "idle",
  dialling: "dialling out",
  ringing: "ringing",
  up: "in use",
};

/** `lamplighter line show [TRUNK]`: what is on the lines of a running server. */
export function addLineCommand(program: Command): void {
  const line = program.command("line").description("shared lines of a running server");
  const command = line
    .command("show")
    .description("what is on each line: who talks, who holds, what each key shows, and how it rings")
    .argument("[trunk]", "one line only");
  addServerOptions(command).action(async (trunk: string | undefined, flags: ServerFlags) => {
    process.exitCode = await runLineShow(trunk, flags, processOutput());
  });
}

/** The command without its process; gives the exit code. */
export async function runLineShow(trunk: string | undefined, flags: ServerFlags, output: Output): Promise<number> {
  return withServer(flags, output, async (client) => {
    const one = trunk === undefined ? undefined : `lines/${encodeURIComponent(trunk)}`;
    const lines = one === undefined ? await client.list("lines", lineShape) : [await client.get(one, lineShape)];
    if (lines.length === 0) output.explain("the site has no trunks");
    for (const line of lines) printLine(line, output);
    return 0;
  });
}

function printLine(line: LineAnswer, output: Output): void {
  const { trunk, device, ringtimeout, barge, hold, autocontext } = line;
  output.print(`${show(trunk)}  ${stateOf(line)}`);
  const rings = ringtimeout === 0 ? "rings until the caller gives up" : `rings for ${ringtimeout} s`;
  const context = autocontext === undefined ? "" : `, autocontext ${show(autocontext)}`;
  output.print(`  ${show(device)}, ${rings}, barge ${barge ? "yes" : "no"}, hold ${hold}${context}`);
  for (const { station, state, ringtimeout: seconds, ringdelay } of line.keys) {
    const delay = ringdelay === 0 ? "" : `, rings after ${ringdelay} s`;
    const timeout = seconds === 0 ? "" : `, rings for ${seconds} s`;
    output.print(`  ${show(station)}: ${state}${delay}${timeout}`);
  }
}

/** "in use since 10:31:02, from 5551212 (Ann), talking: station1, held by: station2 (private)" */
function stateOf({ phase, since, direction, party, connected, holders }: LineAnswer): string {
  const who = party === undefined ? "" : `${show(party.number)}${party.name === "" ? "" : ` (${show(party.name)})`}`;
  const held = holders.map((one) => `${show(one.station)}${one.private ? " (private)" : ""}`);
  return [
    `${PHASES[phase]}${since === undefined ? "" : ` since ${since}`}`,
    ...(who === "" ? [] : [`${direction === "out" ? "to" : "from"} ${who}`]),
    ...(connected.length === 0 ? [] : [`talking: ${connected.map((one) => show(one)).join(", ")}`]),
    ...(held.length === 0 ? [] : [`held by: ${held.join(", ")}`]),
  ].join(", ");
}
