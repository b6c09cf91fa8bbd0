import { statSync, watch, type FSWatcher } from "node:fs";
import type { Clock, StopTimer } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import type { Log } from "#base/log";

/** Editors write in several steps: the site is read when it was quiet for this long. */
const QUIET_MS = 500;
/** A folder that is never quiet does not put the reading off for longer. */
const PUT_OFF_MAX_MS = 5000;
/** A folder that is away may come back under its name: a checkout or a mount in the middle of being replaced. */
const LOOK_AGAIN_MS = 1000;

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

interface Watched {
  readonly watcher: FSWatcher;
  /** Which folder it is: another one may come to stand under the name. */
  readonly inode: number;
}

class SiteWatch {
  readonly #parts: SiteWatchParts;
  readonly #watched = new Map<string, Watched>();
  /** Folders that should be watched and cannot be. */
  readonly #away = new Set<string>();
  #stopTimer: StopTimer | undefined;
  #stopLooking: StopTimer | undefined;
  #changedAt: number | undefined;
  #isStopped = false;

  constructor(parts: SiteWatchParts) {
    this.#parts = parts;
  }

  /** Watches exactly the folders that count now. */
  follow(): void {
    const wanted = new Set(this.#parts.folders());
    for (const [folder, { inode }] of this.#watched) if (!wanted.has(folder) || inodeOf(folder) !== inode) this.#unwatch(folder);
    for (const folder of this.#away) if (!wanted.has(folder)) this.#away.delete(folder);
    for (const folder of wanted) if (!this.#watched.has(folder)) this.#watch(folder);
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
    this.#stopLooking?.();
    for (const folder of [...this.#watched.keys()]) this.#unwatch(folder);
  }

  #watch(folder: string): void {
    try {
      const inode = inodeOf(folder);
      if (inode === undefined) throw new Error("it is not there");
      const watcher = watch(folder, () => {
        this.#changed();
      });
      watcher.on("error", (error) => {
        this.#lost(folder, error);
      });
      this.#watched.set(folder, { watcher, inode });
      // It may have come back with other files than it went.
      if (this.#away.delete(folder)) this.#changed();
    } catch (error) {
      this.#lost(folder, error);
    }
  }

  #unwatch(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }

  #lost(folder: string, error: unknown): void {
    this.#unwatch(folder);
    if (!this.#away.has(folder))
      this.#parts.log.warn("a folder of the site is away and looked for again", { folder, error: String(error) });
    this.#away.add(folder);
    this.#stopLooking ??= this.#parts.clock.after(LOOK_AGAIN_MS, () => {
      this.#stopLooking = undefined;
      if (!this.#isStopped) this.follow();
    });
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

/** undefined: there is no such folder. */
function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino;
}
