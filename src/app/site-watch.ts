import { watch } from "node:fs";
import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";

/** Editors write in several steps: the site is read when it was quiet for this long. */
const QUIET_MS = 500;

/** `--watch`: reads the site again when its files change. */
export function watchSite(path: string, clock: Clock, log: Log, reload: () => Promise<unknown>): Stop {
  let stopTimer: StopTimer | undefined;
  const watcher = watch(path, () => {
    stopTimer?.();
    stopTimer = clock.after(QUIET_MS, () => {
      reload().catch((error: unknown) => {
        log.error("the site could not be read again", { error: String(error) });
      });
    });
  });
  watcher.on("error", (error) => {
    log.warn("the site's files are not watched any more: use reload", { error: String(error) });
  });
  return async () => {
    stopTimer?.();
    watcher.close();
    await Promise.resolve();
  };
}
