import { isUtf8 } from "node:buffer";
import type { WebSocket } from "ws";
import type { StopTimer } from "#base/clock";
import { UNSENT_MAX_BYTES, type Connection, type ConnectionEnds } from "./connections.ts";
import type { ListenerParts } from "./listener.ts";
import { refusalOf } from "./refusal.ts";
import { HEADERS_MAX_BYTES } from "./stream-framing.ts";

/** We ask this often whether the peer is still there … */
export const PING_EVERY_MS = 30_000;
/** … and wait this long for a sign of life. */
export const PONG_MAX_MS = 10_000;
/** A peer that does not say goodbye back is cut off. */
export const GOODBYE_MAX_MS = 1000;

/** RFC 6455 §7.4.1 */
const GOING_AWAY = 1001;
const TOO_BIG = 1009;

export type WebSocketName = "ws" | "wss";

export interface WebSocketFlowParts {
  readonly transport: WebSocketName;
  readonly webSocket: WebSocket;
  readonly parts: ListenerParts;
  readonly ends: ConnectionEnds;
}

/** One WebSocket: each of its messages, text or binary, is one SIP message (RFC 7118 §5). */
export class WebSocketFlow implements Connection {
  readonly transport: WebSocketName;
  readonly reliable = true;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly sentBy: string;
  readonly key: string;
  readonly #webSocket: WebSocket;
  readonly #parts: ListenerParts;
  #closed = false;
  /** For the first message. */
  #silence: StopTimer | undefined;
  /** For the next ping, or for the answer to the last one. */
  #life: { readonly waits: "ping" | "pong"; readonly stop: StopTimer } | undefined;
  #goodbye: StopTimer | undefined;

  constructor({ transport, webSocket, parts, ends }: WebSocketFlowParts) {
    this.transport = transport;
    this.#webSocket = webSocket;
    this.#parts = parts;
    this.remoteHost = ends.remoteHost;
    this.remotePort = ends.remotePort;
    this.sentBy = ends.sentBy;
    this.key = ends.key;
    webSocket.on("message", (data) => {
      this.#alive();
      // The library gives one Buffer as long as nobody asks for something else.
      if (Buffer.isBuffer(data)) this.#receive(data.toString("latin1"));
    });
    webSocket.on("pong", () => {
      this.#alive();
    });
    webSocket.on("error", (error) => {
      // It closes by itself, with the right code.
      parts.log.debug("WebSocket", { peer: ends.key, error: error.message });
    });
    this.#silence = parts.clock.after(parts.limits.silentMs, () => {
      webSocket.terminate();
    });
    this.#pingLater();
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(message: string): boolean {
    const webSocket = this.#webSocket;
    if (this.#closed || webSocket.readyState !== webSocket.OPEN) return false;
    if (webSocket.bufferedAmount > UNSENT_MAX_BYTES) {
      webSocket.terminate();
      return false;
    }
    const bytes = Buffer.from(message, "latin1");
    // A text message must be UTF-8; what we say back of others may be anything.
    webSocket.send(bytes, { binary: !isUtf8(bytes) });
    this.#parts.counts.sent += 1;
    return true;
  }

  gone(): void {
    this.#closed = true;
    this.#silence?.();
    this.#life?.stop();
    this.#goodbye?.();
  }

  hangUp(): void {
    this.#close(GOING_AWAY);
  }

  #close(code: number): void {
    if (this.#goodbye !== undefined) return;
    this.#webSocket.close(code);
    this.#goodbye = this.#parts.clock.after(GOODBYE_MAX_MS, () => {
      this.#webSocket.terminate();
    });
  }

  #receive(text: string): void {
    if (this.#goodbye !== undefined) return;
    if (text.length <= KEEP_ALIVE_MAX_BYTES && /^(\r\n)*$/.test(text)) {
      // Some clients keep the flow alive as on a stream (RFC 5626 §4.4.1): a double CRLF wants a single one.
      if (text === "\r\n\r\n") this.send("\r\n");
      return;
    }
    const headersEnd = text.indexOf("\r\n\r\n");
    if (headersEnd > HEADERS_MAX_BYTES || (headersEnd === -1 && text.length > HEADERS_MAX_BYTES)) {
      this.#refuse(text);
      return;
    }
    this.#silence?.();
    this.#parts.onMessage(text, this);
  }

  #refuse(text: string): void {
    const head = `${text.slice(0, text.lastIndexOf("\r\n", HEADERS_MAX_BYTES) + 2)}\r\n`;
    const refusal = refusalOf({ status: 513, reason: "Message Too Large", head }, this);
    if (refusal !== undefined) this.send(refusal);
    this.#close(TOO_BIG);
  }

  #alive(): void {
    if (this.#life?.waits === "pong") this.#pingLater();
  }

  #pingLater(): void {
    this.#life?.stop();
    const stop = this.#parts.clock.after(PING_EVERY_MS, () => {
      if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
      this.#webSocket.ping();
      const giveUp = this.#parts.clock.after(PONG_MAX_MS, () => {
        this.#webSocket.terminate();
      });
      this.#life = { waits: "pong", stop: giveUp };
    });
    this.#life = { waits: "ping", stop };
  }
}

const KEEP_ALIVE_MAX_BYTES = 4;
