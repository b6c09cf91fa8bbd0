import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster, Redis } from "ioredis";

/** The scripts by the name of their file, with their number of keys; a test compares it with the head of the file. */
export const SCRIPT_KEYS = {
  commit: 7,
  "claim-due-timers": 2,
  "take-lease": 2,
  "drop-lease": 1,
  "read-shard": 3,
  "restore-shard": 3,
} as const;

export type ScriptName = keyof typeof SCRIPT_KEYS;

export const SCRIPT_FOLDER = join(import.meta.dirname, "scripts");

/** Commands of ioredis, one a script; their names cannot be those of the server's own commands. */
export function scriptCommands(): Record<string, { lua: string; numberOfKeys: number }> {
  return Object.fromEntries(
    Object.entries(SCRIPT_KEYS).map(([name, numberOfKeys]) => {
      return [commandName(name), { lua: readFileSync(join(SCRIPT_FOLDER, `${name}.lua`), "utf8"), numberOfKeys }];
    }),
  );
}

type ScriptCall = (...args: readonly (string | number)[]) => Promise<unknown>;

/** Runs a script. The client loads it by itself where the server does not know it. */
export function runScript(client: Redis | Cluster, name: ScriptName, ...args: readonly (string | number)[]): Promise<unknown> {
  // Commands made from scripts have no types of their own.
  const commands = client as unknown as Record<string, ScriptCall>;
  const call = commands[commandName(name)];
  if (call === undefined) throw new Error(`the client was made without the script ${name}`);
  return call.call(client, ...args);
}

function commandName(name: string): string {
  return `script:${name}`;
}
