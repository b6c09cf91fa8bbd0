import { createServer, type Server, type Socket } from "node:net";
import type { StopTimer } from "#base/clock";
import { parseMessage } from "#sip/message/parse-message";
import { printResponse } from "#sip/message/print-message";
import { formatHostPort } from "#sip/message/uri";
import type { Flow } from "./flow.ts";
import type { Listener, ListenerParts } from "./listener.ts";
import { plainAddress } from "./local-addresses.ts";
import { StreamFraming, type FramingError } from "./stream-framing.ts";

/** Connections of one source address (presence.md §7.2), and of all. */
export const CONNECTIONS_PER_SOURCE_MAX = 50;
const CONNECTIONS_MAX = 20_000;
/** A half message that does not end within this closes the connection (S-14). */
export const HALF_MESSAGE_MAX_MS = 10_000;
/** A connection that never brought a whole message is closed after this. */
export const SILENT_MAX_MS = 120_000;
/** What may wait in a socket whose peer does not read. */
const UNSENT_MAX_BYTES = 1024 * 1024;
/** The kernel asks a silent peer after this whether it is still there. */
const PROBE_AFTER_MS = 60_000;

/** Opens a TCP listener. A connection is used in both directions for as long as it lives (S-13). */
export async function openTcp(parts: ListenerParts): Promise<Listener> {
  const connections = new Connections(parts);
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: PROBE_AFTER_MS });
  server.maxConnections = CONNECTIONS_MAX;
  server.on("connection", (socket) => {
    connections.add(socket);
  });
  await listen(server, parts);
  server.on("error", (error) => {
    parts.log.warn("TCP listener", { listener: parts.name, error: error.message });
  });
  const address = server.address();
  return {
    name: parts.name,
    transport: "tcp",
    port: typeof address === "object" && address !== null ? address.port : parts.port,
    find: (record) => connections.find(record.key),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        connections.stop();
      }),
  };
}

async function listen(server: Server, parts: ListenerParts): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: parts.host, port: parts.port, exclusive: true }, resolve);
  });
  server.removeAllListeners("error");
}

/** The live connections of one listener. */
class Connections {
  readonly #parts: ListenerParts;
  readonly #flows = new Map<string, TcpFlow>();
  readonly #perSource = new Map<string, number>();
  /** Tells the connections of this run from those of the last one. */
  readonly #run: string;
  #count = 0;
  #isStopped = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#run = parts.clock.now().toString(36);
  }

  add(socket: Socket): void {
    const source = socket.remoteAddress;
    const open = this.#perSource.get(source ?? "") ?? 0;
    if (source === undefined || open >= CONNECTIONS_PER_SOURCE_MAX) {
      socket.destroy();
      return;
    }
    this.#perSource.set(source, open + 1);
    this.#count += 1;
    const flow = new TcpFlow(socket, this.#parts, `${this.#run}.${this.#count}`);
    this.#flows.set(flow.key, flow);
    socket.once("close", () => {
      this.#remove(flow, source);
    });
  }

  find(key: string): Flow | undefined {
    return this.#flows.get(key);
  }

  /** Ends all connections; nobody is told, because this is our doing and no news of the peers. */
  stop(): void {
    this.#isStopped = true;
    for (const flow of this.#flows.values()) flow.destroy();
  }

  #remove(flow: TcpFlow, source: string): void {
    this.#flows.delete(flow.key);
    const left = (this.#perSource.get(source) ?? 1) - 1;
    if (left === 0) this.#perSource.delete(source);
    else this.#perSource.set(source, left);
    flow.end();
    if (!this.#isStopped) this.#parts.onClosed(flow);
  }
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
  /** The one deadline that runs: for the first message, or for the end of a half one. */
  #deadline: { readonly kind: "first" | "half"; readonly stop: StopTimer } | undefined;

  constructor(socket: Socket, parts: ListenerParts, serial: string) {
    this.#socket = socket;
    this.#parts = parts;
    this.remoteHost = plainAddress(socket.remoteAddress ?? "");
    this.remotePort = socket.remotePort ?? 0;
    // A connection knows its own address, so nothing has to be asked of the kernel.
    const local = parts.addresses.fixed ?? plainAddress(socket.localAddress ?? parts.host);
    this.sentBy = formatHostPort(local, socket.localPort ?? parts.port);
    this.key = `${parts.name} ${formatHostPort(this.remoteHost, this.remotePort)} ${serial}`;
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      this.#receive(String(chunk));
    });
    socket.on("error", () => {
      // "close" follows and tells everybody.
      socket.destroy();
    });
    this.#watch("first", SILENT_MAX_MS);
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
    this.#deadline?.stop();
    this.#deadline = undefined;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    const { messages, pings, error } = this.#framing.push(chunk);
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
    else if (!this.#framing.isPending && this.#deadline?.kind === "half") this.#watch("first", SILENT_MAX_MS);
  }

  /** Says why, when the peer wrote enough to be answered, and hangs up: where the next message starts cannot be known. */
  #refuse({ status, reason, head }: FramingError): void {
    const parsed = parseMessage(head);
    const request = parsed.ok ? parsed.value : parsed.error.request;
    if (request !== undefined && "method" in request && request.method !== "ACK") {
      this.send(printResponse(request, { status, reason }, { host: this.remoteHost, port: this.remotePort }));
    }
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
