import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { Terminal } from "./live-screen.ts";

/** What a simulation stands on. */
export interface SimParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Takes whole lines. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Given: phones are drawn on it instead of printed. */
  readonly terminal?: Terminal;
  /** Resolves when somebody wants it to end. */
  readonly untilStopped: Promise<void>;
}

/** Phones that boot at the same moment. */
const BOOTS_AT_ONCE = 20;

/** A few at a time, in order. */
export async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += BOOTS_AT_ONCE) await Promise.all(items.slice(at, at + BOOTS_AT_ONCE).map(act));
}

/** What an error says to people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
