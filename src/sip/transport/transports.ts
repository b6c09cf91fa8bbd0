import type { Clock } from "#base/clock";
import { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import { parseHostPort } from "#sip/message/uri";
import type { Flow, FlowClosedListener, FlowDirectory, FlowRecord, MessageListener, TransportName } from "./flow.ts";
import type { Listener, ListenerParts } from "./listener.ts";
import { fixedAddress, isWildcard, KernelAddresses, type LocalAddresses } from "./local-addresses.ts";
import { openTcp } from "./tcp.ts";
import { openUdp } from "./udp.ts";

/** The registry of transports: one line each. */
export const TRANSPORTS: Readonly<Partial<Record<TransportName, (parts: ListenerParts) => Promise<Listener>>>> = {
  udp: openUdp,
  tcp: openTcp,
};

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
  readonly onMessage: MessageListener;
  readonly onClosed: FlowClosedListener;
}

/** All SIP listeners of this node. */
export class Transports implements FlowDirectory {
  readonly #parts: TransportsParts;
  readonly #listeners: Listener[] = [];
  readonly #lifecycle = new Lifecycle();

  constructor(parts: TransportsParts) {
    this.#parts = parts;
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  /** Opens "udp:0.0.0.0:5060" and the like; port 0 takes any. Rejects with BadListener. */
  async open(spec: string): Promise<Listener> {
    const colon = spec.indexOf(":");
    const name = spec.slice(0, Math.max(0, colon));
    const open = Object.hasOwn(TRANSPORTS, name) ? TRANSPORTS[name as TransportName] : undefined;
    const address = parseHostPort(spec.slice(colon + 1));
    if (open === undefined || address?.port === undefined) {
      throw new BadListener(
        `--sip ${spec}: write TRANSPORT:HOST:PORT with ${Object.keys(TRANSPORTS).join(" or ")}, for example udp:0.0.0.0:5060`,
      );
    }
    const addresses = this.#addresses(address.host);
    try {
      const listener = await open({ ...this.#parts, name: spec, host: address.host, port: address.port, addresses });
      this.#listeners.push(listener);
      this.#lifecycle.add(async () => {
        addresses.stop();
        await listener.stop();
      });
      return listener;
    } catch (error) {
      throw new BadListener(`--sip ${spec}: ${reasonOf(error)}`, error);
    }
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

  async stop(): Promise<void> {
    await this.#lifecycle.stop();
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
