import { Cluster } from "ioredis";
import type { Clock } from "#base/clock";
import type { Client } from "./clients.ts";
import { isElsewhere } from "./redis-errors.ts";

/** A slot moves within some milliseconds; asking more often only makes it slower. */
const ASK_AGAIN_MS = 25;

/**
 * Asks again while slots of a Cluster move. The client library follows a lone answer "it is elsewhere", and not one among others that came
 * back with it. Such an answer says that nothing was done, so that a commit may be asked again too.
 */
export class Elsewhere {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** One look at the map of slots serves everybody who was sent elsewhere meanwhile. */
  #looking: Promise<void> | undefined;

  constructor(client: Client, clock: Clock, limitMs: number) {
    this.#client = client;
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  async follow<T>(question: () => Promise<T>): Promise<T> {
    const giveUpAt = this.#clock.now() + this.#limitMs - ASK_AGAIN_MS;
    for (;;) {
      try {
        return await question();
      } catch (error) {
        if (!isElsewhere(error) || this.#clock.now() >= giveUpAt) throw error;
      }
      await (this.#looking ??= this.#look());
    }
  }

  async #look(): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.after(ASK_AGAIN_MS, resolve));
    const client = this.#client;
    // Whatever came of it: the next answer tells.
    if (client instanceof Cluster)
      await new Promise<void>((resolve) => {
        client.refreshSlotsCache(() => {
          resolve();
        });
      });
    this.#looking = undefined;
  }
}
