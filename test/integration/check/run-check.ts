import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "#base/package-root";

/** What a command said, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string[];
  readonly err: string;
}

/** `lamplighter check …` as a process, killed when it hangs. */
export async function check(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(packageRoot, "bin/lamplighter.mjs"), "check", ...args], { timeout: 30_000 });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out: out.split("\n").filter((line) => line !== ""), err };
}
