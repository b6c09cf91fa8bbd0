import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";

/** What a command said, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const COMMAND = join(packageRoot, "bin/lamplighter.mjs");
const TIMEOUT_MS = 60_000;

/** `lamplighter …` as a process, killed when it hangs. */
export async function lamplighter(...args: string[]): Promise<Ended> {
  return ended(spawn(process.execPath, [COMMAND, ...args], { timeout: TIMEOUT_MS }));
}

/** The same with its output in a pipe to another command; the exit code is its own. */
export async function lamplighterInto(reader: string, ...args: string[]): Promise<Ended> {
  const script = `set -o pipefail; "$0" "$@" 2>/dev/null | ${reader} >/dev/null`;
  return ended(spawn("bash", ["-c", script, process.execPath, COMMAND, ...args], { timeout: TIMEOUT_MS }));
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}
