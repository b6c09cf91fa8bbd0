import { setImmediate as afterThisTurn } from "node:timers";
import type { Clock, StopTimer } from "#base/clock";
import { StoreError } from "../errors.ts";
import { SCHEMA, SCHEMA_KEY } from "./level-keys.ts";
import { reason, type Level } from "./open-level.ts";

/** A line to write, or to remove when its text is null. */
export type WriteLine = readonly [key: string, text: string | null];

/** Unsynced writes reach the medium at most this much later (store.ts promises a second). */
const SYNC_WITHIN_MS = 500;

/** Commits that go to the medium together. */
class Group {
  readonly lines = new Map<string, string | null>();
  readonly written: (() => void)[] = [];
  /** Somebody waits for it, be it with nothing to write. */
  isAwaited = false;
  synced = false;
  readonly done: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (error: StoreError) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody may be waiting for a group (a background sync); whoever does sees the rejection all the same.
    this.done.catch(() => undefined);
  }
}

/**
 * Group commit: what arrives while a batch is being written, or in one turn of the event loop, is the next batch. Batches are written one after the
 * other, so that what is on the medium is always a beginning of what was appended. After a failed batch the log takes no more:
 * what was in memory for it is wrong, and its owner starts a new log from the medium.
 */
export class WriteLog {
  readonly #level: Level;
  readonly #clock: Clock;
  readonly #onFailure: (error: StoreError) => void;
  #open = new Group();
  #writing: Group | undefined;
  #scheduled = false;
  #failure: StoreError | undefined;
  #stopSyncTimer: StopTimer | undefined;

  constructor(level: Level, clock: Clock, onFailure: (error: StoreError) => void) {
    this.#level = level;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Resolves when the lines are written (on the medium when `synced`); `written` runs just before, in the order of appending. */
  append(lines: readonly WriteLine[], synced: boolean, written?: () => void): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const group = this.#open;
    for (const [key, text] of lines) group.lines.set(key, text);
    if (written !== undefined) group.written.push(written);
    group.synced ||= synced;
    group.isAwaited = true;
    this.#schedule();
    return group.done;
  }

  /** Resolves when everything appended so far is written. */
  settled(): Promise<void> {
    if (this.#open.isAwaited) return this.#open.done;
    return this.#writing?.done ?? Promise.resolve();
  }

  /** Writes and syncs what is left. */
  async close(): Promise<void> {
    this.#stopSyncTimer?.();
    if (this.#failure === undefined) await this.#sync();
    this.#stopSyncTimer?.();
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing !== undefined) return;
    this.#scheduled = true;
    // After everything that this turn of the event loop has read: handing a batch to the writing thread costs as much as ten records.
    afterThisTurn(() => {
      this.#scheduled = false;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const group = this.#open;
    this.#open = new Group();
    this.#writing = group;
    try {
      await this.#writeBatch(group);
    } catch (error) {
      this.#fail(group, new StoreError("store-unwritable", reason(error), error));
      return;
    }
    this.#writing = undefined;
    for (const written of group.written) written();
    group.resolve();
    if (this.#open.isAwaited) this.#schedule();
  }

  async #writeBatch(group: Group): Promise<void> {
    const batch = this.#level.batch();
    for (const [key, text] of group.lines) {
      if (text === null) batch.del(key);
      else batch.put(key, text);
    }
    await batch.write({ sync: group.synced });
    if (group.synced) this.#stopSyncTimer = this.#stopSyncTimer?.() as undefined;
    else this.#stopSyncTimer ??= this.#clock.after(SYNC_WITHIN_MS, () => void this.#sync());
  }

  /** A synced write carries every earlier one to the medium; this one changes nothing. */
  #sync(): Promise<void> {
    this.#stopSyncTimer = undefined;
    return this.append([[SCHEMA_KEY, String(SCHEMA)]], true);
  }

  #fail(group: Group, error: StoreError): void {
    this.#failure = error;
    this.#writing = undefined;
    this.#stopSyncTimer?.();
    group.reject(error);
    this.#open.reject(error);
    this.#onFailure(error);
  }
}
