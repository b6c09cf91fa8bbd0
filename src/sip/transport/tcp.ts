import { createServer, type Socket } from "node:net";
import type { StopTimer } from "#base/clock";
import { formatHostPort } from "#sip/message/uri";
import type { Flow } from "./flow.ts";
import type { Listener, ListenerParts } from "./listener.ts";
import { StreamFraming } from "./stream-framing.ts";

/** Connections of one source address (presence.md §7.2). */
export const CONNECTIONS_PER_SOURCE_MAX = 50;
/** A half message that does not end within this closes the connection (S-14). */
const HALF_MESSAGE_MAX_MS = 10_000;
/** A connection that never brought a whole message is closed after this. */
const SILENT_MAX_MS = 120_000;
/** What may wait in a socket whose peer does not read. */
const UNSENT_MAX_BYTES = 1024 * 1024;

/** Opens a TCP listener. A connection is used in both directions for as long as it lives (S-13). */
export async function openTcp(parts: ListenerParts): Promise<Listener> {
  const flows = new Map<string, TcpFlow>();
  const perSource = new Map<string, number>();
  let count = 0;
  const server = createServer({ noDelay: true, keepAlive: true });
  server.on("connection", (socket) => {
    const host = socket.remoteAddress;
    if (host === undefined) return;
    const open = perSource.get(host) ?? 0;
    if (open >= CONNECTIONS_PER_SOURCE_MAX) {
      socket.destroy();
      return;
    }
    perSource.set(host, open + 1);
    count += 1;
    const flow = new TcpFlow(socket, parts, count);
    flows.set(flow.key, flow);
    socket.once("close", () => {
      flows.delete(flow.key);
      const left = (perSource.get(host) ?? 1) - 1;
      if (left === 0) perSource.delete(host);
      else perSource.set(host, left);
      flow.end();
      parts.onClosed(flow);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: parts.host, port: parts.port, exclusive: true }, resolve);
  });
  const address = server.address();
  return {
    name: parts.name,
    transport: "tcp",
    port: typeof address === "object" && address !== null ? address.port : parts.port,
    find: (record) => flows.get(record.key),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const flow of flows.values()) flow.destroy();
      }),
  };
}

/** One connection. */
class TcpFlow implements Flow {
  readonly transport = "tcp";
  readonly reliable = true;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly sentBy: string;
  readonly key: string;
  readonly #socket: Socket;
  readonly #parts: ListenerParts;
  readonly #framing = new StreamFraming();
  #closed = false;
  #stopTimer: StopTimer | undefined;
  #hasSpoken = false;

  constructor(socket: Socket, parts: ListenerParts, serial: number) {
    this.#socket = socket;
    this.#parts = parts;
    this.remoteHost = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    this.remotePort = socket.remotePort ?? 0;
    const local = (socket.localAddress ?? parts.host).replace(/^::ffff:/, "");
    // A connection knows its own address, so nothing has to be asked of the kernel.
    this.sentBy = formatHostPort(parts.addresses.fixed ?? local, socket.localPort ?? parts.port);
    this.key = `${parts.name} ${formatHostPort(this.remoteHost, this.remotePort)} ${serial}`;
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      this.#receive(String(chunk));
    });
    socket.on("error", () => {
      // "close" follows and tells everybody.
      socket.destroy();
    });
    this.#watch(SILENT_MAX_MS);
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
    return true;
  }

  end(): void {
    this.#closed = true;
    this.#stopTimer?.();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    const { messages, pings, error } = this.#framing.push(chunk);
    for (let ping = 0; ping < pings; ping += 1) this.send("\r\n");
    for (const message of messages) {
      this.#hasSpoken = true;
      this.#parts.onMessage(message, this);
    }
    if (error !== undefined) {
      this.send(`SIP/2.0 ${error.status} ${error.reason}\r\nContent-Length: 0\r\n\r\n`);
      this.#socket.end();
      return;
    }
    this.#stopTimer?.();
    if (this.#framing.isPending) this.#watch(HALF_MESSAGE_MAX_MS);
    else if (!this.#hasSpoken) this.#watch(SILENT_MAX_MS);
  }

  #watch(delayMs: number): void {
    this.#stopTimer = this.#parts.clock.after(delayMs, () => {
      this.#socket.destroy();
    });
  }
}
