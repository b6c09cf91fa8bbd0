import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { headerOf } from "#sip/message/message";
import type { SessionEnd } from "#sip/session/session";

/** Whoever asks for more is asked again after this: a mistake there must not cut an office off for a day. */
const WAIT_MAX_SECONDS = 300;

/** Peers that asked to be left alone for a while: 503 with Retry-After (RFC 3261 §21.5.4, B-27). */
export class AskedWaits {
  readonly #clock: Clock;
  readonly #log: Log;
  /** Account → epoch milliseconds. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock, log: Log) {
    [this.#clock, this.#log] = [clock, log];
  }

  /** How a call to this account ended. */
  note(account: string, end: SessionEnd): void {
    if (end.type !== "refused" || end.by === "us" || end.response === undefined || end.status !== 503) return;
    const asked = Number(/^\d{1,6}/.exec(headerOf(end.response, "retry-after") ?? "")?.[0] ?? 0);
    if (asked === 0) return;
    const seconds = Math.min(asked, WAIT_MAX_SECONDS);
    this.#until.set(account, this.#clock.now() + seconds * 1000);
    this.#log.warn("a peer is overloaded and is not called for a while", { account, seconds });
  }

  isWaiting(account: string): boolean {
    const until = this.#until.get(account);
    if (until === undefined || until > this.#clock.now()) return until !== undefined;
    this.#until.delete(account);
    return false;
  }
}
