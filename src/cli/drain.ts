import { InvalidArgumentError, type Command } from "commander";
import { z } from "zod";
import type { Clock } from "#base/clock";
import { systemClock } from "#base/system-clock";
import { processOutput, type Output } from "./check.ts";
import { addServerOptions, ServerUnreachable, withServer, type ServerClient, type ServerFlags } from "./server-client.ts";

/** How often it is asked how far the server is. */
const ASK_AGAIN_MS = 1000;
const OVER_MAX_SECONDS = 86_400;

const progressShape = z.object({
  phase: z.enum(["serving", "draining", "drained"]),
  left: z.number(),
  total: z.number(),
});

type Progress = z.infer<typeof progressShape>;

/** Flags of `drain`. */
export interface DrainFlags extends ServerFlags {
  readonly over: number;
  readonly cancel?: boolean;
}

/** `lamplighter drain`: a running server sends its watchers to other nodes, and takes no new ones. */
export function addDrainCommand(program: Command): void {
  const command = program
    .command("drain")
    .description("let a running server end all its subscriptions, paced, so that phones go to another node; it takes no new ones")
    .option("--over <seconds>", "how long it shall take", secondsFlag, 60)
    .option("--cancel", "serve again");
  addServerOptions(command).action(async (flags: DrainFlags) => {
    process.exitCode = await runDrain(flags, processOutput(), systemClock);
  });
}

/** The command without its process: tells how far it is until nobody is left, and gives the exit code. */
export async function runDrain(flags: DrainFlags, output: Output, clock: Clock): Promise<number> {
  return withServer(flags, output, async (client) => {
    if (flags.cancel !== true) return follow(client, await ask(client, "POST", { over: flags.over }), output, clock);
    const { left } = await ask(client, "DELETE");
    output.explain(`serving again, with ${left} subscriptions`);
    return 0;
  });
}

async function follow(client: ServerClient, begun: Progress, output: Output, clock: Clock): Promise<number> {
  let progress = begun;
  for (let told = -1; progress.phase === "draining";) {
    if (progress.left !== told) output.explain(`${progress.total - progress.left} of ${progress.total} subscriptions ended`);
    told = progress.left;
    await new Promise<void>((resolve) => {
      clock.after(ASK_AGAIN_MS, resolve);
    });
    progress = await ask(client, "GET");
  }
  output.explain(progress.phase === "drained" ? "drained: the server can be stopped" : "draining was called off");
  return progress.phase === "drained" ? 0 : 1;
}

async function ask(client: ServerClient, method: "GET" | "POST" | "DELETE", body?: unknown): Promise<Progress> {
  const { status, json } = await client.ask(method, "drain", body);
  const progress = progressShape.safeParse(json);
  if (!progress.success) throw new ServerUnreachable(`the server answered ${status} and nothing about draining`);
  return progress.data;
}

function secondsFlag(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > OVER_MAX_SECONDS)
    throw new InvalidArgumentError(`write a number of seconds from 0 to ${OVER_MAX_SECONDS}`);
  return Number(text);
}
