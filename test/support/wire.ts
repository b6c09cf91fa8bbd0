import { createSocket, type Socket } from "node:dgram";
import { StreamFraming } from "#sip/transport/stream-framing";
import { connect, type Socket as TcpSocket } from "node:net";
import { WebSocket } from "ws";

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
  #wake: () => void = () => undefined;
  #isClosed = false;

  /** Nothing comes any more: whoever waits is told. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  put(message: string): void {
    this.#messages.push(message);
    this.#wake();
  }

  async next(wanted: (message: string) => boolean, timeoutMs: number): Promise<string> {
    const giveUpAt = Date.now() + timeoutMs;
    for (;;) {
      for (let message = this.#messages.shift(); message !== undefined; message = this.#messages.shift())
        if (wanted(message)) return message;
      if (this.#isClosed) throw new Error("the wire is closed");
      const leftMs = giveUpAt - Date.now();
      if (leftMs <= 0) throw new Error(`no such message within ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

const ANY = (): boolean => true;

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
  return {
    localPort: socket.address().port,
    isClosed: false,
    closed: new Promise<void>(() => undefined),
    send: (text) => {
      socket.send(Buffer.from(text, "latin1"), port, "127.0.0.1");
    },
    next: (wanted = ANY, timeoutMs = 2000) => inbox.next(wanted, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        inbox.close();
        socket.close(() => {
          resolve();
        });
      }),
  };
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
  let isClosed = false;
  webSocket.on("message", (data: Buffer) => {
    inbox.put(data.toString("latin1"));
  });
  const closed = new Promise<void>((resolve) => {
    webSocket.once("close", () => {
      isClosed = true;
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    webSocket.once("open", resolve);
    webSocket.once("error", reject);
  });
  webSocket.on("error", () => undefined);
  return {
    localPort: 0,
    get isClosed() {
      return isClosed;
    },
    closed,
    send: (text) => {
      webSocket.send(Buffer.from(text, "latin1"));
    },
    next: (wanted = ANY, timeoutMs = 2000) => inbox.next(wanted, timeoutMs),
    close: async () => {
      webSocket.terminate();
      await closed;
    },
  };
}

/** A connection that is open already, cut into messages. */
export function wireOf(socket: TcpSocket): Wire {
  const inbox = new Inbox();
  let isClosed = false;
  const framing = new StreamFraming();
  socket.on("data", (data) => {
    for (const message of framing.push(data.toString("latin1")).messages) inbox.put(message);
  });
  socket.on("error", () => {
    isClosed = true;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      isClosed = true;
      resolve();
    });
  });
  return {
    localPort: socket.localPort ?? 0,
    get isClosed() {
      return isClosed;
    },
    closed,
    send: (text) => {
      socket.write(Buffer.from(text, "latin1"));
    },
    next: (wanted = ANY, timeoutMs = 2000) => inbox.next(wanted, timeoutMs),
    close: async () => {
      inbox.close();
      socket.destroy();
      await closed;
    },
  };
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
