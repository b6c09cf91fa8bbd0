import { once } from "node:events";
import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { WebSocket } from "ws";
import { formatHostPort } from "#sip/message/uri";
import type { TransportName } from "#sip/transport/flow";
import { testCertificate } from "#test/support/test-certificate";

/** The far end of a transport, without any code of ours. */
export interface Peer {
  readonly port: number;
  send(text: string): void;
  /** Resolves with the next bytes. */
  next(): Promise<string>;
  /** Reads no more. */
  pause(): void;
  /** Resolves when the connection is gone; a datagram has none. */
  readonly closed: Promise<unknown>;
  close(): Promise<void>;
}

/** What was heard and not read yet, or who waits for it. */
class Heard {
  readonly #texts: string[] = [];
  #waiting: ((text: string) => void) | undefined;

  push(text: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#texts.push(text);
    else waiting(text);
  }

  async next(): Promise<string> {
    const text = this.#texts.shift();
    if (text !== undefined) return text;
    return new Promise((resolve) => (this.#waiting = resolve));
  }
}

async function udpPeer(port: number, host: string): Promise<Peer> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  socket.bind(0, host);
  await once(socket, "listening");
  const heard = new Heard();
  socket.on("message", (data) => {
    heard.push(data.toString("latin1"));
  });
  return {
    port: socket.address().port,
    send: (text) => {
      socket.send(Buffer.from(text, "latin1"), port, host);
    },
    next: () => heard.next(),
    pause: () => undefined,
    closed: new Promise(() => undefined),
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

async function tcpPeer(port: number, host: string): Promise<Peer> {
  const socket = connect(port, host);
  await once(socket, "connect");
  return streamPeer(socket);
}

async function tlsPeer(port: number, host: string): Promise<Peer> {
  const { cert } = await testCertificate();
  const socket = connectTls({ port, host, ca: cert });
  const refused = new Promise<never>((_resolve, reject) => socket.once("error", reject));
  await Promise.race([once(socket, "secureConnect"), refused]);
  return streamPeer(socket);
}

function streamPeer(socket: Socket): Peer {
  const heard = new Heard();
  socket.setEncoding("latin1");
  socket.on("data", (data) => {
    heard.push(String(data));
  });
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  return {
    port: socket.localPort ?? 0,
    send: (text) => {
      socket.write(text, "latin1");
    },
    next: () => heard.next(),
    pause: () => {
      socket.pause();
    },
    closed,
    close: async () => {
      socket.destroy();
      await closed;
    },
  };
}

async function wsPeer(port: number, host: string): Promise<Peer> {
  const socket = connect(port, host);
  await once(socket, "connect");
  return webSocketPeer(
    new WebSocket(`ws://${formatHostPort(host, port)}/sip`, "sip", { createConnection: () => socket }),
    socket,
  );
}

async function wssPeer(port: number, host: string): Promise<Peer> {
  const { cert } = await testCertificate();
  const socket = connectTls({ port, host, ca: cert });
  await once(socket, "secureConnect");
  return webSocketPeer(
    new WebSocket(`wss://${formatHostPort(host, port)}/sip`, "sip", { createConnection: () => socket }),
    socket,
  );
}

async function webSocketPeer(webSocket: WebSocket, socket: Socket): Promise<Peer> {
  const heard = new Heard();
  webSocket.on("message", (data: Buffer) => {
    heard.push(data.toString("latin1"));
  });
  const port = socket.localPort ?? 0;
  const closed = new Promise((resolve) => webSocket.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    webSocket.once("open", resolve);
    webSocket.once("error", reject);
  });
  webSocket.on("error", () => undefined);
  return {
    port,
    send: (text) => {
      webSocket.send(Buffer.from(text, "latin1"));
    },
    next: () => heard.next(),
    pause: () => {
      webSocket.pause();
    },
    closed,
    close: async () => {
      webSocket.terminate();
      await closed;
    },
  };
}

/** A transport joins the suite with one line: how to speak it raw. */
export const PEERS: Readonly<Record<TransportName, (port: number, host: string) => Promise<Peer>>> = {
  udp: udpPeer,
  tcp: tcpPeer,
  tls: tlsPeer,
  ws: wsPeer,
  wss: wssPeer,
};
