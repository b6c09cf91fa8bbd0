import assert from "node:assert/strict";

/** Runs within a time that leaves room for a slow machine, not for a square; the time of other processes does not count. */
export function quickly<T>(run: () => T, maxMs = 5000): T {
  const begin = process.cpuUsage();
  const result = run();
  const took = process.cpuUsage(begin).user / 1000;
  assert.ok(took < maxMs, `took ${took} ms`);
  return result;
}
