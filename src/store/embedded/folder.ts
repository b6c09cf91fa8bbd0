import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import { StoreError } from "../errors.ts";
import type { Contents } from "./contents.ts";
import { loadContents, openLevel, type Level } from "./open-level.ts";
import { WriteLog } from "./write-log.ts";

/** Between two tries to read the folder again after a failed write. */
const RECOVER_EVERY_MS = 1000;

/** What is in the folder, in memory, and the writer that keeps the folder up with it. */
export interface Medium {
  readonly contents: Contents;
  readonly log: WriteLog;
}

interface OpenMedium extends Medium {
  readonly level: Level;
}

export interface FolderParts {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The folder of the store. After a failed write memory is ahead of it: everything in memory is thrown away and the folder read again,
 * until that works.
 */
export class Folder {
  readonly #parts: FolderParts;
  readonly #onRecovered: (before: Contents, now: Contents) => void;
  /** What is open, or why nothing is. */
  #medium: OpenMedium | StoreError = new StoreError("store-closed");
  #stopRecovery: StopTimer | undefined;
  #isClosed = false;

  constructor(parts: FolderParts, onRecovered: (before: Contents, now: Contents) => void) {
    this.#parts = parts;
    this.#onRecovered = onRecovered;
  }

  async open(): Promise<void> {
    this.#medium = await this.#open();
  }

  /** What is open; throws StoreError when nothing is. */
  usable(): Medium {
    if (this.#medium instanceof StoreError) throw this.#medium;
    return this.#medium;
  }

  /** Writes and syncs what is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopRecovery?.();
    const medium = this.#medium;
    this.#medium = new StoreError("store-closed");
    if (medium instanceof StoreError) return;
    try {
      await medium.log.close();
    } finally {
      await medium.level.close();
    }
  }

  async #open(): Promise<OpenMedium> {
    const level = await openLevel(this.#parts.folder);
    try {
      const contents = await loadContents(level);
      const log = new WriteLog(level, this.#parts.clock, (error) => {
        void this.#recover(level, contents, error);
      });
      return { level, log, contents };
    } catch (error) {
      await level.close();
      throw error;
    }
  }

  /** Never rejects: it ends when the folder is open again, or the store closed. */
  async #recover(level: Level, before: Contents, error: StoreError): Promise<void> {
    if (this.#isClosed) return;
    this.#medium = error;
    this.#parts.log.error("the store cannot write, trying again", { store: this.#parts.folder, error: error.message });
    try {
      await level.close();
      await this.#reopen(before);
    } catch (failure) {
      const again = failure instanceof StoreError ? failure : error;
      this.#stopRecovery = this.#parts.clock.after(RECOVER_EVERY_MS, () => void this.#recover(level, before, again));
    }
  }

  async #reopen(before: Contents): Promise<void> {
    const medium = await this.#open();
    if (this.#isClosed) {
      await medium.level.close();
      return;
    }
    medium.contents.takeOver(before);
    this.#medium = medium;
    this.#parts.log.info("the store writes again", { store: this.#parts.folder });
    this.#onRecovered(before, medium.contents);
  }
}
