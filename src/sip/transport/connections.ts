import type { Socket } from "node:net";
import { formatHostPort } from "#sip/message/uri";
import type { Flow } from "./flow.ts";
import type { ListenerParts } from "./listener.ts";
import { plainAddress } from "./local-addresses.ts";
import { SourceCounts, type CountLimits } from "./source-counts.ts";

/** Connections of one listener (presence.md §7.2). */
export interface ConnectionLimits extends CountLimits {
  /** One that never brought a whole message is closed after this. */
  readonly silentMs: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = { perSource: 50, total: 20_000, silentMs: 120_000 };
/** What may wait in a socket whose peer does not read. */
export const UNSENT_MAX_BYTES = 1024 * 1024;
/** The kernel asks a silent peer after this whether it is still there. */
export const PROBE_AFTER_MS = 60_000;

/** A flow that is one connection. */
export interface Connection extends Flow {
  /** The socket is closed: from now on nothing can be sent and no timer runs. */
  gone(): void;
  /** Closes it from our side. */
  hangUp(): void;
}

/** Who is at the ends of a connection. */
export type ConnectionEnds = Pick<Flow, "remoteHost" | "remotePort" | "sentBy" | "key">;

/** The live connections of one listener. */
export class Connections {
  readonly #parts: ListenerParts;
  readonly #flows = new Map<string, Connection>();
  readonly #counts: SourceCounts;
  /** Tells the connections of this run from those of the last one. */
  readonly #run: string;
  #serial = 0;
  #isStopped = false;
  #whenEmpty: () => void = () => undefined;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#counts = new SourceCounts(parts.limits);
    this.#run = parts.clock.now().toString(36);
  }

  get size(): number {
    return this.#flows.size;
  }

  /** Is there room for a connection of this source? Counts it until it closes, so that it comes before any handshake. */
  admit(socket: Socket): boolean {
    const source = socket.remoteAddress;
    const isExempt = source !== undefined && this.#parts.isExempt(plainAddress(source));
    if (source !== undefined && !this.#isStopped && this.#counts.admit(socket, source, isExempt)) return true;
    this.#parts.counts.refused += 1;
    return false;
  }

  /** Keeps a connection until its socket closes, and tells everybody then. `reachedAt`: our port, where the socket's own is not it. */
  open(socket: Socket, make: (ends: ConnectionEnds) => Connection, reachedAt = socket.localPort): Flow {
    const flow = make(this.#endsOf(socket, reachedAt));
    this.#flows.set(flow.key, flow);
    socket.once("close", () => {
      this.#flows.delete(flow.key);
      flow.gone();
      if (!this.#isStopped) this.#parts.onClosed(flow);
      else if (this.#flows.size === 0) this.#whenEmpty();
    });
    return flow;
  }

  find(key: string): Flow | undefined {
    return this.#flows.get(key);
  }

  /** Ends all connections and waits for it; nobody is told, because this is our doing and no news of the peers. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const flow of this.#flows.values()) flow.hangUp();
    if (this.#flows.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
  }

  #endsOf(socket: Socket, reachedAt: number | undefined): ConnectionEnds {
    const { name, host, port, addresses } = this.#parts;
    const remoteHost = plainAddress(socket.remoteAddress ?? "");
    const remotePort = socket.remotePort ?? 0;
    // A connection knows its own address, so nothing has to be asked of the kernel.
    const local = addresses.fixed ?? plainAddress(socket.localAddress ?? host);
    this.#serial += 1;
    return {
      remoteHost,
      remotePort,
      sentBy: formatHostPort(local, reachedAt ?? port),
      key: `${name} ${formatHostPort(remoteHost, remotePort)} ${this.#run}.${this.#serial}`,
    };
  }
}
