import { createSocket, type Socket } from "node:dgram";
import { StreamFraming } from "#sip/transport/stream-framing";
import { connect, type Socket as TcpSocket } from "node:net";
import { WebSocket } from "ws";
import { Bell } from "./bell.ts";

/** Raw bytes to a SIP port and whatever comes back, as binary strings. */
export interface Wire {
  readonly localPort: number;
  send(text: string): void;
  /** The next message that `wanted` accepts; rejects when none came within the time. Others are dropped. */
  next(wanted?: (message: string) => boolean, timeoutMs?: number): Promise<string>;
  /** Has the peer closed the connection? (UDP: never.) */
  readonly isClosed: boolean;
  /** Resolves when the peer has closed the connection (UDP: never). */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

class Inbox {
  readonly #messages: string[] = [];
  readonly #bell = new Bell();
  #isClosed = false;

  /** Nothing comes any more: whoever waits is told. */
  close(): void {
    this.#isClosed = true;
    this.#bell.ring();
  }

  put(message: string): void {
    this.#messages.push(message);
    this.#bell.ring();
  }

  async next(wanted: (message: string) => boolean, timeoutMs: number): Promise<string> {
    const found = await this.#bell.until(() => this.#first(wanted), timeoutMs);
    return found ?? Promise.reject(new Error(`no such message within ${timeoutMs} ms`));
  }

  #first(wanted: (message: string) => boolean): string | undefined {
    for (let message = this.#messages.shift(); message !== undefined; message = this.#messages.shift())
      if (wanted(message)) return message;
    if (this.#isClosed) throw new Error("the wire is closed");
    return undefined;
  }
}

const ANY = (): boolean => true;

interface Ways {
  readonly localPort: number;
  readonly send: (bytes: Buffer) => void;
  /** Resolves when the peer has closed the connection. */
  readonly closed: Promise<void>;
  readonly close: () => Promise<void>;
}

function wireWith(inbox: Inbox, { localPort, send, closed, close }: Ways): Wire {
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  return {
    localPort,
    get isClosed() {
      return isClosed;
    },
    closed,
    send: (text) => {
      send(Buffer.from(text, "latin1"));
    },
    next: (wanted = ANY, timeoutMs = 2000) => inbox.next(wanted, timeoutMs),
    close: async () => {
      inbox.close();
      await close();
    },
  };
}

/** A UDP socket of a loopback address that speaks to `port` of 127.0.0.1. */
export async function udpWire(port: number, host = "127.0.0.1"): Promise<Wire> {
  const inbox = new Inbox();
  const socket: Socket = createSocket("udp4");
  await new Promise<void>((resolve) => {
    socket.bind(0, host, resolve);
  });
  socket.on("message", (data) => {
    inbox.put(data.toString("latin1"));
  });
  return wireWith(inbox, {
    localPort: socket.address().port,
    closed: new Promise<void>(() => undefined),
    send: (bytes) => {
      socket.send(bytes, port, "127.0.0.1");
    },
    close: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  });
}

/** A TCP connection to `port` of 127.0.0.1, cut into messages. */
export async function tcpWire(port: number): Promise<Wire> {
  const socket: TcpSocket = connect(port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return wireOf(socket);
}

/** A WebSocket to `port` of 127.0.0.1: each of its messages is one of SIP. */
export async function wsWire(port: number): Promise<Wire> {
  const inbox = new Inbox();
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/sip`, "sip");
  webSocket.on("message", (data: Buffer) => {
    inbox.put(data.toString("latin1"));
  });
  const closed = new Promise<void>((resolve) => {
    webSocket.once("close", () => {
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    webSocket.once("open", resolve);
    webSocket.once("error", reject);
  });
  webSocket.on("error", () => undefined);
  return wireWith(inbox, {
    localPort: 0,
    closed,
    send: (bytes) => {
      webSocket.send(bytes);
    },
    close: async () => {
      webSocket.terminate();
      await closed;
    },
  });
}

/** A connection that is open already, cut into messages. */
export function wireOf(socket: TcpSocket): Wire {
  const inbox = new Inbox();
  const framing = new StreamFraming();
  socket.on("data", (data) => {
    for (const message of framing.push(data.toString("latin1")).messages) inbox.put(message);
  });
  // "close" follows.
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      resolve();
    });
  });
  return wireWith(inbox, {
    localPort: socket.localPort ?? 0,
    closed,
    send: (bytes) => {
      socket.write(bytes);
    },
    close: async () => {
      socket.destroy();
      await closed;
    },
  });
}

let serial = 0;

/** A request as a plain phone writes it; `headers` replace or add to the usual ones ("" leaves one out). */
export function request(
  method: string,
  uri: string,
  local: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): string {
  serial += 1;
  const all: Record<string, string> = {
    Via: `SIP/2.0/UDP 127.0.0.1:${local};branch=z9hG4bK${process.pid}x${serial};rport`,
    "Max-Forwards": "70",
    From: `<sip:watcher@127.0.0.1>;tag=t${serial}`,
    To: `<${uri}>`,
    "Call-ID": `c${process.pid}x${serial}`,
    CSeq: `1 ${method}`,
    Contact: `<sip:watcher@127.0.0.1:${local}>`,
    "Content-Length": String(body.length),
    ...headers,
  };
  const lines = Object.entries(all).filter(([, value]) => value !== "");
  return `${method} ${uri} SIP/2.0\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Status of a response. */
export function statusOf(message: string): number {
  return Number(/^SIP\/2\.0 (\d{3})/.exec(message)?.[1] ?? 0);
}

/** First value of a header of a message. */
export function headerIn(message: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)\\r$`, "im").exec(message)?.[1];
}

/** The challenges of a 401, one for each algorithm. */
export function challengesIn(answer: string): string[] {
  return [...answer.matchAll(/^WWW-Authenticate: (.*)\r$/gm)].map((match) => match[1] ?? "");
}

/** What a phone answers to a request: Via, From, To, Call-ID and CSeq as they came. `headers` are whole lines. */
export function answerTo(message: string, status = "200 OK", headers: readonly string[] = []): string {
  const echoed = ["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${headerIn(message, name) ?? ""}`);
  return [`SIP/2.0 ${status}`, ...echoed, ...headers, "Content-Length: 0", "", ""].join("\r\n");
}
