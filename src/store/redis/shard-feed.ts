import type { Clock, StopTimer } from "#base/clock";
import { missedChanges } from "../picture.ts";
import type { Change, StoredRecord } from "../store.ts";
import type { ChangeMessage } from "./change-message.ts";

/** A shard at one moment. */
export interface ShardPicture {
  readonly sequence: number;
  readonly records: ReadonlyMap<string, StoredRecord>;
}

interface Parts {
  readonly clock: Clock;
  /** Reads the shard as it is now. */
  readonly read: () => Promise<ShardPicture>;
  readonly tell: (change: Change) => void;
}

/** Between two tries to read the shard while that fails. */
const READ_AGAIN_MS = 200;
/** Messages kept while the shard is being read; more than that and it is read once more instead. */
const KEPT_MAX = 10_000;

/**
 * What a watcher knows of one shard. Messages say what comes next; whenever that is not certain (at first, after a connection was
 * lost, after a gap in the sequence) the shard is read and the difference is told. Messages that came meanwhile are taken after it,
 * so that nothing older is told after something newer.
 */
export class ShardFeed {
  readonly #parts: Parts;
  readonly #records = new Map<string, StoredRecord>();
  #sequence = 0;
  /** Of the last message of this connection. */
  #heard = 0;
  #reading: Promise<void> | undefined;
  #kept: ChangeMessage[] = [];
  /** The picture being read may be too old already. */
  #isOutdated = false;
  #stopRetry: StopTimer | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get sequence(): number {
    return this.#sequence;
  }

  get isReading(): boolean {
    return this.#reading !== undefined || this.#stopRetry !== undefined;
  }

  records(): Iterable<StoredRecord> {
    return this.#records.values();
  }

  /** A new connection listens: what was said in between is lost. */
  reconnected(): void {
    this.#heard = 0;
    this.repair();
  }

  /** Reads the shard until that works. */
  repair(): void {
    void this.readOnce().catch(() => {
      if (this.#isClosed) return;
      this.#stopRetry ??= this.#parts.clock.after(READ_AGAIN_MS, () => {
        this.#stopRetry = undefined;
        this.repair();
      });
    });
  }

  /** Reads the shard; rejects when that fails. A reading under way is done once more, since it may be older than the reason to read. */
  readOnce(): Promise<void> {
    this.#isOutdated = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  hear(message: ChangeMessage): void {
    // The server counts anew: it lost its data.
    const wentBack = message.sequence <= this.#heard;
    this.#heard = message.sequence;
    if (wentBack) this.repair();
    if (this.isReading) this.#keep(message);
    else if (message.sequence === this.#sequence + 1) this.#take(message);
    else if (message.sequence > this.#sequence) this.repair();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopRetry?.();
    this.#stopRetry = undefined;
  }

  async #read(): Promise<void> {
    while (this.#isOutdated) {
      this.#isOutdated = false;
      const picture = await this.#parts.read();
      if (this.#isClosed) return;
      this.#adopt(picture);
      this.#takeKept();
    }
  }

  #adopt(picture: ShardPicture): void {
    const missed = missedChanges(this.#records, picture.records, picture.sequence);
    this.#sequence = picture.sequence;
    for (const change of missed) this.#apply(change);
  }

  #keep(message: ChangeMessage): void {
    if (this.#kept.length < KEPT_MAX) this.#kept.push(message);
    else this.#isOutdated = true;
  }

  #takeKept(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const message of kept) {
      if (message.sequence <= this.#sequence) continue;
      if (message.sequence === this.#sequence + 1) this.#take(message);
      else this.#isOutdated = true;
    }
  }

  #take(message: ChangeMessage): void {
    this.#sequence = message.sequence;
    this.#apply(message.change);
  }

  #apply(change: Change): void {
    if (change.value === undefined) this.#records.delete(change.id);
    else this.#records.set(change.id, { id: change.id, version: change.version, value: change.value });
    this.#parts.tell(change);
  }
}
