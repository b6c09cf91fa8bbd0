import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import type { Clock } from "#base/clock";
import type { Stop } from "#base/lifecycle";
import { quietLog } from "#base/log";
import { OperationalError } from "#base/operational-error";
import { formatHostPort } from "#sip/message/uri";
import type { Flow, MessageListener } from "#sip/transport/flow";
import { fixedAddress, KernelAddresses } from "#sip/transport/local-addresses";
import { StreamFraming } from "#sip/transport/stream-framing";
import { DEFAULT_CONNECTION_LIMITS } from "#sip/transport/connections";
import { openUdp } from "#sip/transport/udp";

/** A phone's way to its server: one socket, one flow. */
export interface PhoneLine {
  readonly flow: Flow;
  /** The bound port, to be used again after a reboot. */
  readonly localPort: number;
  readonly stop: Stop;
}

export interface PhoneLineParts {
  readonly transport: "udp" | "tcp";
  readonly host: string;
  readonly port: number;
  /** 0 = any. A TCP connection always takes any: the old one's port is not free yet after a reboot. */
  readonly localPort: number;
  readonly clock: Clock;
  readonly onMessage: MessageListener;
  /** The connection ended, and not because of `stop`. */
  readonly onLost: () => void;
}

/** The server's SIP address cannot be reached at all. */
export class LineFailed extends OperationalError {
  constructor(message: string, cause?: unknown) {
    super("line-failed", message, cause);
  }
}

const CONNECT_MAX_MS = 5000;

/** Opens the line to a server. Rejects with LineFailed. */
export async function openLine(parts: PhoneLineParts): Promise<PhoneLine> {
  const where = `${parts.transport}:${formatHostPort(parts.host, parts.port)}`;
  try {
    const { address } = await lookup(parts.host.replace(/^\[|\]$/g, ""));
    return parts.transport === "udp" ? await openUdpLine(address, parts) : await openTcpLine(address, parts);
  } catch (error) {
    throw new LineFailed(`${where} cannot be reached (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

async function openUdpLine(remoteHost: string, parts: PhoneLineParts): Promise<PhoneLine> {
  const kernel = new KernelAddresses();
  const host = kernel.towards(remoteHost);
  kernel.stop();
  const name = `udp:${host}`;
  const { clock, onMessage } = parts;
  // Quiet: hundreds of phones in one process would each tell of the kernel's small receive buffer, which is large enough for one phone.
  const listener = await openUdp({
    name,
    host,
    port: parts.localPort,
    clock,
    log: quietLog,
    addresses: fixedAddress(host),
    counts: { received: 0, sent: 0, refused: 0 },
    tls: undefined,
    limits: DEFAULT_CONNECTION_LIMITS,
    isExempt: () => false,
    onMessage,
    onClosed: () => undefined,
  });
  const flow = listener.find({ transport: "udp", listener: name, host: remoteHost, port: parts.port, key: "" });
  if (flow === undefined) throw new Error("no flow");
  return { flow, localPort: listener.port, stop: listener.stop };
}

async function openTcpLine(remoteHost: string, parts: PhoneLineParts): Promise<PhoneLine> {
  const socket = connect({ host: remoteHost, port: parts.port, noDelay: true });
  const stopTimer = parts.clock.after(CONNECT_MAX_MS, () => {
    socket.destroy(new Error(`no connection within ${CONNECT_MAX_MS / 1000} s`));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } finally {
    stopTimer();
  }
  const flow = new PhoneTcpFlow(socket, parts);
  return {
    flow,
    localPort: socket.localPort ?? 0,
    stop: () => flow.stop(),
  };
}

/** The phone's end of a connection. */
class PhoneTcpFlow implements Flow {
  readonly transport = "tcp";
  readonly reliable = true;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly sentBy: string;
  readonly key: string;
  readonly #socket: Socket;
  readonly #framing = new StreamFraming();
  #isStopping = false;

  constructor(socket: Socket, parts: PhoneLineParts) {
    this.#socket = socket;
    this.remoteHost = socket.remoteAddress ?? "";
    this.remotePort = socket.remotePort ?? 0;
    this.sentBy = formatHostPort(socket.localAddress ?? "", socket.localPort ?? 0);
    this.key = `tcp ${this.sentBy}`;
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      const { messages, error } = this.#framing.push(String(chunk));
      for (const message of messages) parts.onMessage(message, this);
      if (error !== undefined) socket.destroy();
    });
    // "close" follows and tells.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      if (!this.#isStopping) parts.onLost();
    });
  }

  get closed(): boolean {
    return this.#socket.destroyed;
  }

  send(message: string): boolean {
    if (!this.#socket.writable) return false;
    this.#socket.write(message, "latin1");
    return true;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#socket.destroyed) return;
    const closed = new Promise<void>((resolve) => {
      this.#socket.once("close", () => {
        resolve();
      });
    });
    this.#socket.destroy();
    await closed;
  }
}
