import type { Clock, StopTimer } from "#base/clock";
import { StoreError } from "../errors.ts";
import { missedChanges } from "../picture.ts";
import type { Change, StoredRecord } from "../store.ts";
import type { ChangeMessage } from "./change-message.ts";
import { EarlyChanges } from "./early-changes.ts";

/** A shard at one moment. */
export interface ShardPicture {
  readonly sequence: number;
  /** Another one than before: everything that was there was lost in between. */
  readonly life: string;
  readonly records: ReadonlyMap<string, StoredRecord>;
}

interface Parts {
  readonly clock: Clock;
  /** Reads the shard as it is now. */
  readonly read: () => Promise<ShardPicture>;
  /** Writes back what was known at `sequence` and is not there any more; gives the life of the shard from now on. */
  readonly restore: (sequence: number, records: readonly StoredRecord[]) => Promise<string>;
  readonly tell: (change: Change) => void;
}

/** Between two tries to read the shard while that fails. */
const READ_AGAIN_MS = 200;
/** How long a change of our own waits for the messages before it: they were sent before our commit was answered. */
const GAP_MAX_MS = 50;

/**
 * What a watcher knows of one shard. Messages, and the answers to our own commits, say what comes next; whenever that is not certain
 * (at first, after a connection was lost, after a gap in the sequence) the shard is read and the difference is told. What comes before
 * its turn is kept until then, so that nothing older is told after something newer, and nothing twice.
 */
export class ShardFeed {
  readonly #parts: Parts;
  readonly #records = new Map<string, StoredRecord>();
  readonly #early = new EarlyChanges();
  #sequence = 0;
  #life: string | undefined;
  /** Of the last message of this connection. */
  #heard = 0;
  #reading: Promise<void> | undefined;
  /** How many readings have begun. */
  #readings = 0;
  /** The picture being read may be too old already. */
  #isOutdated = false;
  #stopRetry: StopTimer | undefined;
  #stopGap: StopTimer | undefined;
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
    this.readOnce().catch(() => {
      // Whoever waits for a change has been told why. The feed itself only has to try again.
      if (this.#isClosed) return;
      this.#stopRetry ??= this.#parts.clock.after(READ_AGAIN_MS, () => {
        this.repair();
      });
    });
  }

  /** Reads the shard; rejects when that fails. A reading under way is done once more, since it may be older than the reason to read. */
  readOnce(): Promise<void> {
    this.#isOutdated = true;
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** Takes in a message of the connection. What is missing before it will not come any more. */
  hear(message: ChangeMessage): void {
    // The server counts anew: it lost its data.
    const wentBack = message.sequence <= this.#heard;
    this.#heard = message.sequence;
    if (wentBack) this.repair();
    if (this.#takeInTurn(message)) return;
    const isKept = this.#early.keep(message, this.#readings);
    if (!isKept || !this.isReading) this.repair();
  }

  /** Takes in a change that our own commit made. Settles when it has been told, or cannot be; undefined when nobody has to wait. */
  learn(message: ChangeMessage): Promise<void> | undefined {
    // What was never read will be read with this change in it.
    if (this.#readings === 0 || this.#takeInTurn(message)) return undefined;
    return new Promise((resolve, reject) => {
      const isKept = this.#early.keep(message, this.#readings, { resolve, reject });
      if (!isKept) {
        this.repair();
        resolve(this.readOnce());
      } else if (!this.isReading) this.#awaitMessages();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopRetry?.();
    this.#stopRetry = undefined;
    this.#stopGap?.();
    this.#stopGap = undefined;
    this.#early.fail(new StoreError("store-closed"));
  }

  async #read(): Promise<void> {
    this.#stopRetry?.();
    this.#stopRetry = undefined;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        const reading = (this.#readings += 1);
        const picture = await this.#parts.read();
        if (this.#isClosed) return;
        if (this.#isLost(picture)) await this.#restore();
        else this.#adopt(picture, reading);
      }
    } catch (error) {
      this.#early.fail(error);
      throw error;
    } finally {
      // Here and not in a `finally` of the promise: in between, a change would be kept that nobody takes.
      this.#reading = undefined;
    }
    if (!this.#early.isEmpty) this.#awaitMessages();
  }

  /** The server forgot what it had acknowledged: all of it, or the last of it (an older state of its disk, a replica that was behind). */
  #isLost({ life, sequence }: ShardPicture): boolean {
    return this.#life !== undefined && (life !== this.#life || sequence < this.#sequence);
  }

  /** Nobody is told that records are gone: whoever knows them writes them back, and reads what is there then. */
  async #restore(): Promise<void> {
    this.#life = await this.#parts.restore(this.#sequence, [...this.#records.values()]);
    this.#sequence = 0;
    this.#isOutdated = true;
  }

  #adopt(picture: ShardPicture, reading: number): void {
    const missed = missedChanges(this.#records, picture.records, picture.sequence);
    this.#sequence = picture.sequence;
    this.#life = picture.life;
    for (const change of missed) this.#tell(change);
    this.#early.drop(picture.sequence, reading);
    this.#takeEarly();
  }

  /** Is the message done with: told now, or known already? While the shard is being read, the picture comes first. */
  #takeInTurn(message: ChangeMessage): boolean {
    if (this.isReading || message.sequence > this.#sequence + 1) return false;
    if (message.sequence === this.#sequence + 1) {
      this.#sequence = message.sequence;
      this.#tell(message.change);
      this.#takeEarly();
    }
    return true;
  }

  #takeEarly(): void {
    if (this.#early.isEmpty) return;
    const tell = (change: Change): void => {
      this.#sequence += 1;
      this.#tell(change);
    };
    while (this.#early.take(this.#sequence + 1, tell));
  }

  /** Messages that fill a gap are on their way; if they do not come, the shard is read. */
  #awaitMessages(): void {
    this.#stopGap ??= this.#parts.clock.after(GAP_MAX_MS, () => {
      this.#stopGap = undefined;
      if (!this.#early.isEmpty && !this.isReading) this.repair();
    });
  }

  #tell(change: Change): void {
    if (change.value === undefined) this.#records.delete(change.id);
    else this.#records.set(change.id, { id: change.id, version: change.version, value: change.value });
    this.#parts.tell(change);
  }
}
