import type { Clock } from "./clock.ts";
import type { Log, LogFields } from "./log.ts";
import { RecentMap } from "./recent-map.ts";

/** One line of a peer within this. */
const GAP_MS = 1000;
/** Lines of all peers together within it: addresses can be forged. */
const LINES_MAX = 50;
const PEERS_MAX = 10_000;

interface Told {
  at: number;
  leftOut: number;
}

/** Who tells of strangers; `peer` is an address. */
export interface StrangerLog {
  debug(peer: string, message: string, fields?: LogFields): void;
  warn(peer: string, message: string, fields?: LogFields): void;
  error(peer: string, message: string, fields?: LogFields): void;
}

/** Tells everything. */
export function tellAll(log: Log): StrangerLog {
  return {
    debug: (peer, message, fields) => {
      log.debug(message, { peer, ...fields });
    },
    warn: (peer, message, fields) => {
      log.warn(message, { peer, ...fields });
    },
    error: (peer, message, fields) => {
      log.error(message, { peer, ...fields });
    },
  };
}

/**
 * Lines about what strangers send: one a second for each peer (presence.md X-22), and some for all. How many of a peer's were left out is
 * told with its next one.
 */
export class JunkLog implements StrangerLog {
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #told = new RecentMap<Told>({ lifeMs: 60_000, entriesMax: PEERS_MAX });
  #second = 0;
  #lines = 0;

  constructor(log: Log, clock: Pick<Clock, "now">) {
    this.#log = log;
    this.#clock = clock;
  }

  debug(peer: string, message: string, fields?: LogFields): void {
    // What nobody reads takes no room from what is read.
    if (this.#log.tellsDebug) this.#tell("debug", peer, message, fields);
  }

  warn(peer: string, message: string, fields?: LogFields): void {
    this.#tell("warn", peer, message, fields);
  }

  error(peer: string, message: string, fields?: LogFields): void {
    this.#tell("error", peer, message, fields);
  }

  #tell(level: "debug" | "warn" | "error", peer: string, message: string, fields: LogFields | undefined): void {
    const now = this.#clock.now();
    const told = this.#told.get(peer);
    if ((told !== undefined && now - told.at < GAP_MS) || !this.#hasRoom(now)) {
      if (told !== undefined) told.leftOut += 1;
      return;
    }
    const leftOut = told?.leftOut ?? 0;
    this.#told.set(peer, { at: now, leftOut: 0 }, now);
    this.#log[level](message, { peer, ...fields, ...(leftOut === 0 ? {} : { leftOut }) });
  }

  #hasRoom(now: number): boolean {
    const second = Math.floor(now / GAP_MS);
    if (second !== this.#second) this.#lines = 0;
    this.#second = second;
    this.#lines += 1;
    return this.#lines <= LINES_MAX;
  }
}
