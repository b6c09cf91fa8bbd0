import type { Redis } from "ioredis";
import type { Clock, StopTimer } from "#base/clock";
import type { Log } from "#base/log";
import { StoreError } from "../errors.ts";
import { connect, createListeningClient, retryDelayMs } from "./clients.ts";
import { storeError } from "./redis-errors.ts";
import { describeTarget, type RedisTarget } from "./redis-url.ts";

interface Parts {
  readonly target: RedisTarget;
  readonly clock: Clock;
  readonly log: Log;
  readonly onMessage: (channel: string, message: string) => void;
  /** Every channel is listened to again, after a time in which messages were lost. */
  readonly onReconnected: () => void;
}

/** The connection that changes come in by. Lost, it is made again for ever, each time with all channels. */
export class Listener {
  readonly #parts: Parts;
  readonly #channels = new Set<string>();
  /** The connection, once all channels are subscribed on it. */
  #client: Redis | undefined;
  /** The one that is being made. */
  #next: Redis | undefined;
  #attempt = 0;
  #stopRetry: StopTimer | undefined;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The first connection; rejects with StoreError when there is none. */
  async open(): Promise<void> {
    await this.#connect();
  }

  /** Channels that are listened to from now on, in this connection and all later ones. */
  async subscribe(channels: readonly string[]): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new StoreError("store-unreachable", "not connected");
    try {
      await client.subscribe(...channels);
    } catch (error) {
      throw storeError(error);
    }
    for (const channel of channels) this.#channels.add(channel);
    // Made anew meanwhile, without these channels.
    if (this.#client !== client) throw new StoreError("store-unreachable", "the connection was lost");
  }

  /** Ends a connection that does not answer, so that the next one is made. */
  async check(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    try {
      await client.ping();
    } catch {
      client.disconnect();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopRetry?.();
    this.#client?.disconnect();
    this.#next?.disconnect();
  }

  async #connect(): Promise<void> {
    const client = createListeningClient(this.#parts.target, this.#attempt);
    this.#next = client;
    client.on("message", this.#parts.onMessage);
    await connect(client, this.#parts.target, this.#parts.clock);
    try {
      if (this.#channels.size > 0) await client.subscribe(...this.#channels);
    } catch (error) {
      client.disconnect();
      throw error;
    }
    this.#adopt(client);
  }

  #adopt(client: Redis): void {
    if (this.#isClosed || client.status !== "ready") {
      client.disconnect();
      if (this.#isClosed) return;
      throw new StoreError("store-unreachable", "the connection was lost");
    }
    this.#next = undefined;
    this.#client = client;
    this.#attempt = 0;
    client.once("end", () => {
      this.#client = undefined;
      if (this.#isClosed) return;
      this.#parts.log.warn("lost the connection that changes come in by", { store: describeTarget(this.#parts.target) });
      this.#connectAgain();
    });
  }

  #connectAgain(): void {
    this.#attempt += 1;
    this.#stopRetry = this.#parts.clock.after(retryDelayMs(this.#attempt), () => {
      this.#connect().then(
        () => {
          if (this.#isClosed) return;
          this.#parts.log.info("changes come in again", { store: describeTarget(this.#parts.target) });
          this.#parts.onReconnected();
        },
        () => {
          if (!this.#isClosed) this.#connectAgain();
        },
      );
    });
  }
}
