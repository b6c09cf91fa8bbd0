import { resolve } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { quietLog } from "#base/log";
import { systemClock } from "#base/system-clock";
import { createSystemLog } from "#base/system-log";
import { systemRandom } from "#base/system-random";
import { addServerOptions, serverUrl, type ServerFlags } from "./server-client.ts";
import type { Terminal } from "#sim/terminal/live-screen";
import { runSim, type SimOptions } from "#sim/terminal/run-sim";

interface SimFlags extends ServerFlags {
  readonly phones: "all" | readonly string[];
  readonly once: boolean;
  readonly verbose: boolean;
}

/** A signal within this time after another is the same one. */
const ECHO_MS = 500;
/** Exit code of a program that was interrupted, as shells have it. */
const INTERRUPTED = 130;

/** `lamplighter sim`: simulated phones of a running server, with their lamps. */
export function addSimCommand(program: Command): void {
  addServerOptions(program.command("sim"))
    .description("boot simulated phones of a running server and show their lamps")
    .addOption(new Option("--phones <all|mac,mac>", "which phones of the site").default("all").argParser(phonesOf))
    .addOption(
      new Option("--once", "boot, print every lamp once and end; exit code 1 when a phone did not come up").default(false),
    )
    .addOption(new Option("--verbose", "tell what the phones do, on standard error").default(false))
    .action(async ({ verbose, ...flags }: SimFlags) => {
      const url = await serverUrl(flags);
      process.exitCode = await simulate({ ...flags, url, data: resolve(flags.data) }, verbose);
    });
}

/** Runs the simulation on this process's terminal until it is interrupted, or nobody reads it any more. */
export async function simulate(options: SimOptions, verbose: boolean): Promise<number> {
  const untilStopped = new Promise<void>((stop) => {
    onSignal(stop);
    process.stdout.on("error", () => {
      stop();
    });
  });
  // A drawing and log lines on one terminal would hide each other.
  const draws = process.stdout.isTTY && !verbose;
  return runSim(options, {
    clock: systemClock,
    random: systemRandom,
    log: verbose ? createSystemLog("debug") : quietLog,
    print: (line) => {
      process.stdout.write(`${line}\n`);
    },
    complain: (line) => {
      process.stderr.write(`${line}\n`);
    },
    ...(draws ? { terminal: terminalOf(process.stdout) } : {}),
    untilStopped,
  });
}

/** The first signal asks for an orderly end, a later one for any. npx passes Ctrl-C on to a program that the terminal told already. */
function onSignal(stop: () => void): void {
  let firstAt: number | undefined;
  const hear = (): void => {
    const now = systemClock.now();
    firstAt ??= now;
    if (now - firstAt > ECHO_MS) process.exit(INTERRUPTED);
    stop();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, hear);
}

function terminalOf(stream: NodeJS.WriteStream): Terminal {
  return {
    write: (text) => {
      stream.write(text);
    },
    get size() {
      return { columns: stream.columns, rows: stream.rows };
    },
    onResize: (listener) => {
      stream.on("resize", listener);
    },
  };
}

function phonesOf(text: string): "all" | readonly string[] {
  if (text === "all") return "all";
  const macs = text.split(",").map((mac) => mac.trim());
  const bad = macs.find((mac) => !/^[0-9a-f]{12}$/i.test(mac.replace(/[-:.]/g, "")));
  if (bad !== undefined)
    throw new InvalidArgumentError(`"${bad}" is no MAC address: give "all", or 12 hexadecimal digits each, separated by commas.`);
  return macs;
}
