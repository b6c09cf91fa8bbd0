import { watch, type FSWatcher } from "node:fs";
import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";

/** Editors write in several steps: the site is read when it was quiet for this long. */
const QUIET_MS = 500;
/** A folder that is never quiet does not put the reading off for longer. */
const PUT_OFF_MAX_MS = 5000;

export interface SiteWatchParts {
  /** Folders where a change may change the site; asked after every reading, which may have found others. */
  readonly folders: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly reload: () => Promise<unknown>;
}

/**
 * `--watch`: reads the site again when its files, or those they include, change. Folders are watched rather than files: editors replace a
 * file by another of its name, and a file that a pattern fits may come at any time.
 */
export function watchSite(parts: SiteWatchParts): Stop {
  const watching = new SiteWatch(parts);
  watching.follow();
  return async () => {
    watching.stop();
    await Promise.resolve();
  };
}

class SiteWatch {
  readonly #parts: SiteWatchParts;
  readonly #watchers = new Map<string, FSWatcher>();
  #stopTimer: StopTimer | undefined;
  #changedAt: number | undefined;
  #isStopped = false;

  constructor(parts: SiteWatchParts) {
    this.#parts = parts;
  }

  /** Watches exactly the folders that count now. */
  follow(): void {
    const wanted = new Set(this.#parts.folders());
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string): void {
    const lost = (error: unknown): void => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
      this.#parts.log.warn("a folder of the site is not watched any more: use reload", { folder, error: String(error) });
    };
    try {
      const watcher = watch(folder, () => {
        this.#changed();
      });
      watcher.on("error", lost);
      this.#watchers.set(folder, watcher);
    } catch (error) {
      lost(error);
    }
  }

  #changed(): void {
    const { clock } = this.#parts;
    const now = clock.now();
    this.#changedAt ??= now;
    if (this.#stopTimer !== undefined && now - this.#changedAt > PUT_OFF_MAX_MS) return;
    this.#stopTimer?.();
    this.#stopTimer = clock.after(QUIET_MS, () => {
      this.#stopTimer = undefined;
      this.#changedAt = undefined;
      void this.#reload();
    });
  }

  async #reload(): Promise<void> {
    try {
      await this.#parts.reload();
    } catch (error) {
      this.#parts.log.error("the site could not be read again", { error: String(error) });
    }
    if (!this.#isStopped) this.follow();
  }
}
