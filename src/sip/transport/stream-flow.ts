import type { Socket } from "node:net";
import type { StopTimer } from "#base/clock";
import { UNSENT_MAX_BYTES, type Connection, type ConnectionEnds } from "./connections.ts";
import type { ListenerParts } from "./listener.ts";
import { refusalOf } from "./refusal.ts";
import { StreamFraming, type FramingError } from "./stream-framing.ts";

/** A half message that does not end within this closes the connection (S-14). */
export const HALF_MESSAGE_MAX_MS = 10_000;

/** One connection of a byte stream: plain, or inside TLS. It is used in both directions for as long as it lives (S-13). */
export class StreamFlow implements Connection {
  readonly transport: "tcp" | "tls";
  readonly reliable = true;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly sentBy: string;
  readonly key: string;
  readonly #socket: Socket;
  readonly #parts: ListenerParts;
  readonly #framing = new StreamFraming();
  #closed = false;
  /** The one deadline that runs: for the first message, or for the end of a half one. */
  #deadline: { readonly kind: "first" | "half"; readonly stop: StopTimer } | undefined;

  constructor(transport: "tcp" | "tls", socket: Socket, parts: ListenerParts, ends: ConnectionEnds) {
    this.transport = transport;
    this.#socket = socket;
    this.#parts = parts;
    this.remoteHost = ends.remoteHost;
    this.remotePort = ends.remotePort;
    this.sentBy = ends.sentBy;
    this.key = ends.key;
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      this.#receive(String(chunk));
    });
    socket.on("error", () => {
      // "close" follows and tells everybody.
      socket.destroy();
    });
    this.#watch("first", parts.limits.silentMs);
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(message: string): boolean {
    if (this.#closed || !this.#socket.writable) return false;
    if (this.#socket.writableLength > UNSENT_MAX_BYTES) {
      this.#socket.destroy();
      return false;
    }
    this.#socket.write(message, "latin1");
    this.#parts.counts.sent += 1;
    return true;
  }

  gone(): void {
    this.#closed = true;
    this.#deadline?.stop();
    this.#deadline = undefined;
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    const { messages, pings, error } = this.#framing.push(chunk);
    // RFC 5626 §4.4.1
    for (let ping = 0; ping < pings; ping += 1) this.send("\r\n");
    for (const message of messages) this.#parts.onMessage(message, this);
    if (error !== undefined) {
      this.#refuse(error);
      return;
    }
    if (messages.length > 0) {
      this.#deadline?.stop();
      this.#deadline = undefined;
    }
    // The clock of a half message starts with it: who sends a byte now and then does not move it.
    if (this.#framing.isPending && this.#deadline?.kind !== "half") this.#watch("half", HALF_MESSAGE_MAX_MS);
    else if (!this.#framing.isPending && this.#deadline?.kind === "half") this.#watch("first", this.#parts.limits.silentMs);
  }

  /** Says why, when the peer wrote enough to be answered, and hangs up: where the next message starts cannot be known. */
  #refuse(error: FramingError): void {
    const refusal = refusalOf(error, this);
    if (refusal !== undefined) this.send(refusal);
    this.#socket.destroySoon();
  }

  #watch(kind: "first" | "half", delayMs: number): void {
    this.#deadline?.stop();
    const stop = this.#parts.clock.after(delayMs, () => {
      this.#socket.destroy();
    });
    this.#deadline = { kind, stop };
  }
}
