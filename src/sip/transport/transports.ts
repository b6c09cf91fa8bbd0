import type { Clock } from "#base/clock";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import { formatHostPort, parseHostPort } from "#sip/message/uri";
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from "./connections.ts";
import { chooseListener } from "./choose-listener.ts";
import { Unreachable, type Peer } from "./dialler.ts";
import type { Flow, FlowClosedListener, FlowDirectory, FlowRecord, MessageListener, TransportName } from "./flow.ts";
import type { Listener, ListenerParts, TlsIdentity, TransportCounts } from "./listener.ts";
import { fixedAddress, isWildcard, KernelAddresses, type LocalAddresses } from "./local-addresses.ts";
import { openTcp } from "./tcp.ts";
import { openTls } from "./tls.ts";
import { openUdp } from "./udp.ts";
import { attachWebSocket, openWs, openWss } from "./websocket.ts";

/** Opens a listener of each transport. */
export type Openers = Readonly<Record<TransportName, (parts: ListenerParts) => Promise<Listener>>>;

/** The registry of transports: one line each. */
export const TRANSPORTS: Openers = {
  udp: openUdp,
  tcp: openTcp,
  tls: openTls,
  ws: openWs,
  wss: openWss,
};

const NAMES = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(Object.keys(TRANSPORTS));

/** A listener spec that cannot be used; the message says what to write. */
export class BadListener extends OperationalError {
  constructor(message: string, cause?: unknown) {
    super("bad-listener", message, cause);
  }
}

export interface TransportsParts {
  readonly clock: Clock;
  readonly log: Log;
  /** --advertise. */
  readonly advertise?: string;
  /** Without it no listener inside TLS can be opened. */
  readonly tls?: TlsIdentity;
  /** Default TRANSPORTS. */
  readonly openers?: Openers | undefined;
  /** Of each listener; default DEFAULT_CONNECTION_LIMITS. */
  readonly connectionLimits?: ConnectionLimits;
  /** Sources that may have as many connections as they like; default: none. */
  readonly isExempt?: (peer: Pick<Flow, "transport" | "remoteHost">) => boolean;
  readonly onMessage: MessageListener;
  readonly onClosed: FlowClosedListener;
}

/** All SIP listeners of this node. */
export class Transports implements FlowDirectory {
  readonly #parts: TransportsParts;
  readonly #listeners: Listener[] = [];
  readonly #hosts = new Map<Listener, string>();
  readonly #counts = new Map<TransportName, TransportCounts>();
  readonly #lifecycle = new Lifecycle();

  constructor(parts: TransportsParts) {
    this.#parts = parts;
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  /** Figures of each transport that has a listener, with its live connections. */
  figures(): { readonly transport: TransportName; readonly connections: number; readonly counts: Readonly<TransportCounts> }[] {
    return [...this.#counts].map(([transport, counts]) => {
      const own = this.#listeners.filter((listener) => listener.transport === transport);
      return { transport, counts, connections: own.reduce((sum, { connections }) => sum + connections, 0) };
    });
  }

  /** Opens "udp:0.0.0.0:5060" and the like; port 0 takes any. Rejects with BadListener. */
  async open(spec: string): Promise<Listener> {
    const colon = spec.indexOf(":");
    const name = spec.slice(0, Math.max(0, colon));
    const open = Object.hasOwn(TRANSPORTS, name) ? (this.#parts.openers ?? TRANSPORTS)[name as TransportName] : undefined;
    const address = parseHostPort(spec.slice(colon + 1));
    if (open === undefined || address?.port === undefined) {
      throw new BadListener(`--sip ${spec}: write TRANSPORT:HOST:PORT with ${NAMES}, for example udp:0.0.0.0:5060`);
    }
    const parts = this.#partsOf(name as TransportName, spec, { host: address.host, port: address.port });
    try {
      return this.#keep(await open(parts), parts);
    } catch (error) {
      parts.addresses.stop();
      throw new BadListener(`--sip ${spec}: ${reasonOf(error)}`, error);
    }
  }

  /** Listens for WebSockets on a server of HTTP that listens already, at `host` as it was given. */
  attach(server: Parameters<typeof attachWebSocket>[0], transport: "ws" | "wss", host: string): Listener {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const parts = this.#partsOf(transport, `${transport}:${formatHostPort(host, port)}`, { host, port });
    return this.#keep(attachWebSocket(server, transport, parts), parts);
  }

  record(flow: Flow): FlowRecord {
    const listener = this.#listeners.find(({ name }) => flow.key.startsWith(`${name} `));
    return {
      transport: flow.transport,
      listener: listener?.name ?? "",
      host: flow.remoteHost,
      port: flow.remotePort,
      key: flow.key,
    };
  }

  find(record: FlowRecord): Flow | undefined {
    const same = this.#listeners.find((listener) => listener.name === record.listener);
    const listener =
      same ?? (record.transport === "udp" ? this.#listeners.find(({ transport }) => transport === "udp") : undefined);
    return listener?.find(record);
  }

  /**
   * A flow to a peer that we speak to first: over UDP from the listener that reaches it, over TCP and TLS the live connection or a new one.
   * Rejects with Unreachable, within 5 seconds.
   */
  async connect(peer: Peer & { readonly transport: TransportName }): Promise<Flow> {
    const able = this.#listeners
      .filter((listener) => listener.transport === peer.transport && "connect" in listener)
      .map((listener) => ({ listener, host: this.#hosts.get(listener) ?? "" }));
    const listener = chooseListener(able, peer.host)?.listener;
    if (listener?.connect === undefined)
      throw new Unreachable(`no --sip listener of ${peer.transport} reaches ${peer.host}: add --sip ${peer.transport}:HOST:PORT`);
    return listener.connect(peer);
  }

  async stop(): Promise<void> {
    await this.#lifecycle.stop();
  }

  #keep(listener: Listener, { addresses, host }: ListenerParts): Listener {
    this.#hosts.set(listener, host);
    this.#listeners.push(listener);
    this.#lifecycle.add(async () => {
      addresses.stop();
      await listener.stop();
    });
    return listener;
  }

  #partsOf(
    transport: TransportName,
    name: string,
    { host, port }: { readonly host: string; readonly port: number },
  ): ListenerParts {
    const { clock, log, tls, onMessage, onClosed } = this.#parts;
    const counts = this.#counts.get(transport) ?? { received: 0, sent: 0, refused: 0 };
    this.#counts.set(transport, counts);
    const receive: MessageListener = (message, flow) => {
      counts.received += 1;
      onMessage(message, flow);
    };
    const limits = this.#parts.connectionLimits ?? DEFAULT_CONNECTION_LIMITS;
    const isExempt = (remoteHost: string): boolean => this.#parts.isExempt?.({ transport, remoteHost }) ?? false;
    const addresses = this.#addresses(host);
    return { name, host, port, clock, log, tls, limits, isExempt, counts, addresses, onMessage: receive, onClosed };
  }

  #addresses(host: string): LocalAddresses {
    const { advertise, clock } = this.#parts;
    if (advertise !== undefined) return fixedAddress(advertise);
    return isWildcard(host) ? new KernelAddresses(clock) : fixedAddress(host);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") return "the port is in use: stop the other program, or give another port";
  if (code === "EACCES") return "this port needs more rights: give one above 1023";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  if (code === "EINVAL") return "give an address of this machine instead of a name";
  return error instanceof Error ? error.message : String(error);
}
