import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Log } from "#base/log";
import { formatHostPort } from "#sip/message/uri";
import type { Flow, MessageListener } from "./flow.ts";
import type { LocalAddresses } from "./local-addresses.ts";
import type { Listener, ListenerParts } from "./listener.ts";

/** Asked of the kernel: the default lost over half of a burst of 113,000 packets a second (design §7.5). */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Keep-alive noise (S-16) is not longer than this and is no SIP. */
const NOISE_MAX_BYTES = 4;

/** Opens a UDP listener. Everything leaves from the socket that the peer talks to (S-11). */
export async function openUdp(parts: ListenerParts): Promise<Listener> {
  const socket = createSocket({ type: parts.host.includes(":") ? "udp6" : "udp4" });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address: parts.host, port: parts.port, exclusive: true }, resolve);
  });
  socket.removeAllListeners("error");
  socket.on("error", (error) => {
    // ICMP errors of one peer: its transactions time out by themselves.
    parts.log.debug("UDP socket", { listener: parts.name, error: error.message });
  });
  widenBuffer(socket, parts.log);
  const { port } = socket.address();
  socket.on("message", (data, remote) => {
    receive(data, remote, new UdpFlow(socket, parts.name, remote.address, remote.port, port, parts.addresses), parts.onMessage);
  });
  return {
    name: parts.name,
    transport: "udp",
    port,
    find: (record) => {
      parts.addresses.warm(record.host);
      return new UdpFlow(socket, parts.name, record.host, record.port, port, parts.addresses);
    },
    stop: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  };
}

function receive(data: Buffer, remote: RemoteInfo, flow: Flow, onMessage: MessageListener): void {
  // Port 0 cannot be answered: such a packet is forged.
  if (data.length <= NOISE_MAX_BYTES || remote.port === 0) return;
  onMessage(data.toString("latin1"), flow);
}

function widenBuffer(socket: Socket, log: Log): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch (error) {
    log.warn("the UDP receive buffer keeps its default size", { error: String(error) });
    return;
  }
  // Linux reports twice what it gives.
  const bytes = socket.getRecvBufferSize() / 2;
  if (bytes < RECEIVE_BUFFER_BYTES) {
    log.warn(
      "the kernel gives a smaller UDP receive buffer than asked for: bursts of large offices may lose packets; set net.core.rmem_max to 4194304",
      {
        bytes,
      },
    );
  }
}

/** The pair (our socket, the peer's address). Made anew per datagram: equal keys are the same flow. */
class UdpFlow implements Flow {
  readonly transport = "udp";
  readonly reliable = false;
  readonly closed = false;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly #socket: Socket;
  readonly #listener: string;
  readonly #localPort: number;
  readonly #addresses: LocalAddresses;

  constructor(
    socket: Socket,
    listener: string,
    remoteHost: string,
    remotePort: number,
    localPort: number,
    addresses: LocalAddresses,
  ) {
    this.#socket = socket;
    this.#listener = listener;
    this.remoteHost = remoteHost;
    this.remotePort = remotePort;
    this.#localPort = localPort;
    this.#addresses = addresses;
  }

  get key(): string {
    return `${this.#listener} ${formatHostPort(this.remoteHost, this.remotePort)}`;
  }

  get sentBy(): string {
    return formatHostPort(this.#addresses.towards(this.remoteHost), this.#localPort);
  }

  send(message: string): boolean {
    try {
      this.#socket.send(Buffer.from(message, "latin1"), this.remotePort, this.remoteHost, ignoreSendError);
      return true;
    } catch {
      // The socket is closed: nothing was sent.
      return false;
    }
  }
}

/** An unreachable peer is told by the transaction's timer; the callback keeps the error from becoming an exception. */
function ignoreSendError(): void {
  return undefined;
}
