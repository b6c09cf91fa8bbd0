import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const CLOCK_TICKS_PER_SECOND = 100;

/** Runs within a time that leaves room for a slow machine, not for a square; the time of other processes does not count. */
export function quickly<T>(run: () => T, maxMs = 5000): T {
  const { stackTraceLimit } = Error;
  // The runner of tests keeps whole stacks of all errors that a reader makes, which a server does not.
  Error.stackTraceLimit = 10;
  try {
    const begin = ownMs();
    const result = run();
    const took = ownMs() - begin;
    assert.ok(took < maxMs, `took ${took} ms`);
    return result;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Processor time of this thread: on a busy machine those that collect garbage beside it burn seconds waiting for one another. */
function ownMs(): number {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) * 1000) / CLOCK_TICKS_PER_SECOND;
  } catch {
    // Not on Linux.
    return process.cpuUsage().user / 1000;
  }
}
