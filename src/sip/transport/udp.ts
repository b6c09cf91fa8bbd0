import { createSocket, type Socket } from "node:dgram";
import type { Log } from "#base/log";
import { inOnePiece } from "#sip/message/own-text";
import { formatHostPort } from "#sip/message/uri";
import type { Flow, Packer } from "./flow.ts";
import type { Listener, ListenerParts } from "./listener.ts";
import { plainAddress } from "./local-addresses.ts";
import { isStun, stunAnswer } from "./stun.ts";

/** Asked of the kernel: the default lost over half of a burst of 113,000 packets a second (design §7.5). */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Peers that are remembered; beyond it all are forgotten at once. */
const PEERS_MAX = 20_000;

/** Datagrams are put together in blocks of this many bytes: one allocation for dozens of them. */
const BLOCK_BYTES = 64 * 1024;

/** Keep-alive noise (S-16: nothing, CRLF, double CRLF, four NULs) is not longer than this. */
const NOISE_MAX_BYTES = 4;

/**
 * Opens a UDP listener. Everything leaves from the socket that the peer talks to, and goes to where the peer was heard, rport or not
 * (S-11, S-12): the sent-by of a phone behind NAT leads nowhere.
 */
export async function openUdp(parts: ListenerParts): Promise<Listener> {
  const socket = createSocket({ type: parts.host.includes(":") ? "udp6" : "udp4", lookup: withoutLookup });
  await bind(socket, parts);
  socket.on("error", (error) => {
    // ICMP errors of one peer: its transactions time out by themselves.
    parts.log.debug("UDP socket", { listener: parts.name, error: error.message });
  });
  widenBuffer(socket, parts);
  const local = new LocalSocket(socket, parts, socket.address().port);
  let isStopped = false;
  socket.on("message", (data, remote) => {
    // Port 0 cannot be answered: such a packet is forged.
    if (data.length <= NOISE_MAX_BYTES || remote.port === 0) return;
    if (isStun(data)) {
      const answer = stunAnswer(data, plainAddress(remote.address), remote.port);
      if (answer !== undefined) socket.send(answer, remote.port, remote.address);
      return;
    }
    parts.onMessage(data.toString("latin1"), local.flowTo(remote.address, remote.port));
  });
  return {
    name: parts.name,
    transport: "udp",
    port: local.port,
    connections: 0,
    find: (record) => local.flowTo(peerAddress(parts.host, record.host), record.port),
    connect: ({ host, port }) => Promise.resolve(local.flowTo(peerAddress(parts.host, host), port)),
    stop: () =>
      new Promise((resolve) => {
        if (isStopped) {
          resolve();
          return;
        }
        isStopped = true;
        socket.close(() => {
          resolve();
        });
      }),
  };
}

/** Peers are addresses, never names; without the system's look-up a datagram is on its way when `send` returns. */
function withoutLookup(host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, host, host.includes(":") ? 6 : 4);
}

async function bind(socket: Socket, parts: ListenerParts): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address: parts.host, port: parts.port, exclusive: true }, resolve);
  });
  socket.removeAllListeners("error");
}

function widenBuffer(socket: Socket, { log, name }: { readonly log: Log; readonly name: string }): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch (error) {
    log.warn("the UDP receive buffer keeps its default size", { listener: name, error: String(error) });
    return;
  }
  // Linux reports twice what it gives.
  const bytes = socket.getRecvBufferSize() / (process.platform === "linux" ? 2 : 1);
  if (bytes < RECEIVE_BUFFER_BYTES) {
    const advice = "set net.core.rmem_max to 4194304, or bursts of large offices lose packets";
    log.warn(`the kernel gives a smaller UDP receive buffer than asked for: ${advice}`, { listener: name, bytes });
  }
}

/** A socket of both families speaks to an IPv4 peer by its mapped address. */
function peerAddress(boundHost: string, host: string): string {
  return boundHost.includes(":") && !host.includes(":") ? `::ffff:${host}` : host;
}

/** Our end of all flows of one listener. */
class LocalSocket {
  readonly socket: Socket;
  readonly parts: ListenerParts;
  readonly port: number;
  /** Address → port → flow: the lamps of one phone share its flow, and what it is called by. */
  readonly #flows = new Map<string, Map<number, UdpFlow>>();
  #flowCount = 0;
  #block = Buffer.alloc(0);
  #used = 0;

  constructor(socket: Socket, parts: ListenerParts, port: number) {
    this.socket = socket;
    this.parts = parts;
    this.port = port;
  }

  flowTo(address: string, port: number): UdpFlow {
    const ofAddress = this.#flows.get(address);
    const known = ofAddress?.get(port);
    if (known !== undefined) return known;
    const flow = new UdpFlow(this, address, port);
    if (this.#flowCount >= PEERS_MAX) this.#forgetFlows();
    const home = this.#flows.get(address);
    if (home === undefined) this.#flows.set(address, new Map([[port, flow]]));
    else home.set(port, flow);
    this.#flowCount += 1;
    return flow;
  }

  send(bytes: Buffer, port: number, address: string): boolean {
    try {
      // Without a callback an unreachable peer is nobody's error: the transaction's timer tells.
      this.socket.send(bytes, port, address);
      this.parts.counts.sent += 1;
      return true;
    } catch {
      // The socket is closed: nothing was sent.
      return false;
    }
  }

  #forgetFlows(): void {
    this.#flows.clear();
    this.#flowCount = 0;
  }

  /** No byte of a block is written twice: the kernel may take a datagram later. */
  pack(message: string): Buffer {
    const { length } = message;
    if (this.#used + length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, length));
      this.#used = 0;
    }
    const bytes = this.#block.subarray(this.#used, this.#used + length);
    bytes.write(message, "latin1");
    this.#used += length;
    return bytes;
  }
}

/** The pair (our socket, the peer's address). Equal keys are the same flow, though not always the same object. */
class UdpFlow implements Flow, Packer {
  readonly transport = "udp";
  readonly reliable = false;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** In one piece: records of subscriptions keep it. */
  readonly key: string;
  readonly #local: LocalSocket;
  readonly #address: string;
  readonly #fixedSentBy: string | undefined;

  constructor(local: LocalSocket, address: string, remotePort: number) {
    const { name, addresses } = local.parts;
    this.#local = local;
    this.#address = address;
    this.remoteHost = plainAddress(address);
    this.remotePort = remotePort;
    this.key = inOnePiece(`${name} ${formatHostPort(this.remoteHost, remotePort)}`);
    this.#fixedSentBy = addresses.fixed === undefined ? undefined : inOnePiece(formatHostPort(addresses.fixed, local.port));
  }

  get sentBy(): string {
    return this.#fixedSentBy ?? formatHostPort(this.#local.parts.addresses.towards(this.remoteHost), this.#local.port);
  }

  /** A datagram has no end of its own; a socket that was closed refuses in `send`. */
  get closed(): boolean {
    return false;
  }

  get packer(): Packer {
    return this;
  }

  send(message: string): boolean {
    return this.sendPacked(this.#local.pack(message));
  }

  /** What waits for its answer as a string would be copied by every young collection. */
  pack(message: string): Buffer {
    return this.#local.pack(message);
  }

  sendPacked(bytes: Buffer): boolean {
    return this.#local.send(bytes, this.remotePort, this.#address);
  }
}
