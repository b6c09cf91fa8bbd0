import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Sees to it that a child ends with this process, whatever ends it (a crash and kill -9 run no handler): a guard reads from a pipe that
 * only we hold, and kills the child when the pipe breaks. Returns how to dismiss the guard once the child is gone.
 */
export function killWithUs(child: ChildProcess): () => Promise<void> {
  if (child.pid === undefined) return () => Promise.resolve();
  // The group first, where the child leads one.
  const guard = spawn("sh", ["-c", 'read -r _; kill -9 "-$1" 2>/dev/null || kill -9 "$1"', "guard", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // Not in our group: what is sent to all of it (Ctrl-C) must not end the guard first.
    detached: true,
  });
  return async () => {
    if (guard.exitCode !== null || guard.signalCode !== null) return;
    const gone = once(guard, "exit");
    guard.kill("SIGKILL");
    await gone;
  };
}
