import type { Clock, StopTimer } from "#base/clock";
import { retryDelayMs, type Client } from "./clients.ts";

/**
 * Connects a client again that has given up. ioredis does so for good when a Sentinel tells of another master while the client is looking for it:
 * without this a node would be without its store until somebody starts it anew.
 */
export class Revival {
  readonly #client: Client;
  readonly #clock: Clock;
  #attempt = 0;
  #stopTimer: StopTimer | undefined;
  #isClosed = false;

  /** To be made when the client is connected for the first time. */
  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    client.on("ready", () => {
      this.#attempt = 0;
    });
    client.on("end", () => {
      this.#again();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
  }

  #again(): void {
    if (this.#isClosed) return;
    this.#attempt += 1;
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(retryDelayMs(this.#attempt), () => {
      // Who asks meanwhile is told why not; when this fails the client says again that it has ended.
      this.#client.connect().catch(() => undefined);
    });
  }
}
