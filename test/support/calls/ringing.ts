import { Bell } from "../bell.ts";
import type { Call } from "./call.ts";

const WAIT_MS = 5000;

/** Calls that came in and that nobody has looked at yet. */
export class Ringing {
  readonly #calls: Call[] = [];
  readonly #bell = new Bell();
  readonly #who: string;

  constructor(who: string) {
    this.#who = who;
  }

  add(call: Call): void {
    this.#calls.push(call);
    this.#bell.ring();
  }

  /** The next one, in the order in which they came. */
  async next(timeoutMs = WAIT_MS): Promise<Call> {
    const call = await this.#bell.until(() => this.#calls.shift(), timeoutMs);
    return call ?? Promise.reject(new Error(`${this.#who} is not called within ${timeoutMs} ms`));
  }
}
