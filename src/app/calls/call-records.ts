import { join } from "node:path";
import { createStream, type RotatingFileStream } from "rotating-file-stream";
import type { CallRecordJson } from "#admin/call-ports";
import type { Listing } from "#admin/ports";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { LastOfLeg } from "#calls/call-leg";
import type { LegRecord } from "./call-board.ts";
import { callRecord } from "./call-record.ts";

/** Shown by the API; the files hold more. */
const RECENT_MAX = 1000;
const FILE_NAME = "calls.jsonl";
/** All files of records together stay below 160 MB: some 400,000 legs. */
const FILE_SIZE = "16M";
const OLDER_FILES = 9;
const OWNER_ONLY = 0o600;

export interface CallRecordsParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Where the file lies. */
  readonly folder: string;
}

/** Keeps what there is to say of each leg that is over: one line of JSON a leg, in the data folder. */
export class CallRecords {
  readonly #parts: CallRecordsParts;
  /** Oldest first. */
  readonly #recent: { readonly key: string; readonly record: CallRecordJson }[] = [];
  readonly #pending = new Set<Promise<void>>();
  #file: RotatingFileStream | undefined;
  /** Lines that wait for those that are being written: handing them to the writing thread costs as much as ten records. */
  #unwritten = "";
  #isWriting = false;
  #count = 0;

  constructor(parts: CallRecordsParts) {
    this.#parts = parts;
  }

  /** A leg is over; undefined: nobody knew of it, as it was refused before it began. */
  over(leg: LegRecord | undefined, last: LastOfLeg): void {
    if (leg === undefined) return;
    const at = this.#parts.clock.now();
    const kept = last.sound.then((sound) => {
      this.#keep(callRecord(leg, last, sound, at));
    });
    this.#pending.add(kept);
    void kept.finally(() => this.#pending.delete(kept));
  }

  /** The last ones of this process, newest first. */
  recent(): Listing<CallRecordJson> {
    const byKey = new Map(this.#recent.toReversed().map(({ key, record }) => [key, record]));
    return { keys: () => [...byKey.keys()], get: (key) => byKey.get(key) };
  }

  /** Writes what is on its way. */
  async stop(): Promise<void> {
    await Promise.all(this.#pending);
    const file = this.#file;
    if (file === undefined) return;
    if (this.#unwritten !== "") file.write(this.#unwritten);
    this.#unwritten = "";
    await new Promise<void>((resolve) => {
      // A file that cannot be written ends by its error.
      file.once("close", resolve).once("error", () => {
        resolve();
      });
      file.end();
    });
  }

  #keep(record: CallRecordJson): void {
    this.#count += 1;
    this.#recent.push({ key: String(this.#count), record });
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    this.#unwritten += `${JSON.stringify(record)}\n`;
    if (!this.#isWriting) this.#write();
  }

  /** All that waits, in one piece; what comes meanwhile is the next one. */
  #write(): void {
    const lines = this.#unwritten;
    this.#unwritten = "";
    this.#isWriting = true;
    const file = (this.#file ??= this.#open());
    file.write(lines, (error) => {
      this.#isWriting = false;
      this.#failed(file, error);
      if (this.#unwritten !== "") this.#write();
    });
  }

  /** The next record tries anew. */
  #failed(file: RotatingFileStream, error: Error | null | undefined): void {
    if (error !== null && error !== undefined && this.#file === file) this.#file = undefined;
  }

  #open(): RotatingFileStream {
    const { folder, log } = this.#parts;
    const file = createStream(FILE_NAME, { path: folder, size: FILE_SIZE, rotate: OLDER_FILES, mode: OWNER_ONLY });
    const complain = (error: Error): void => {
      log.error("records of calls are not written", { file: join(folder, FILE_NAME), error: error.message });
    };
    file.on("warning", complain);
    file.on("error", (error) => {
      complain(error);
      // The next record tries anew.
      if (this.#file === file) this.#file = undefined;
    });
    return file;
  }
}
