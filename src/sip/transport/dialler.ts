import type { Socket } from "node:net";
import { OperationalError } from "#base/operational-error";
import type { Connections, Connection, ConnectionEnds } from "./connections.ts";
import type { Flow } from "./flow.ts";
import type { ListenerParts } from "./listener.ts";
import { isWildcard } from "./local-addresses.ts";

/** A connection that is not there after this will not come. */
export const CONNECT_MAX_MS = 5000;

/** Where a connection of ours goes. */
export interface Peer {
  /** An address, never a name, without brackets. */
  readonly host: string;
  readonly port: number;
  /** The name that the peer's certificate must be for; absent = its address. */
  readonly tlsName?: string;
}

/** The peer cannot be reached from here. */
export class Unreachable extends OperationalError {
  constructor(message: string, cause?: unknown) {
    super("unreachable", message, cause);
  }
}

interface DiallerParts {
  readonly listener: ListenerParts;
  readonly connections: Connections;
  /** The bound port: where the peer reaches us, unlike the port that the connection happens to leave from. */
  readonly port: number;
  /** Event of the socket that says it can be used. */
  readonly readyEvent: "connect" | "secureConnect";
  readonly dial: (peer: Peer, localAddress: string | undefined) => Socket;
  readonly make: (socket: Socket, ends: ConnectionEnds) => Connection;
}

/** Connections that we open for ourselves, beside those of one listener and under its limits; one per peer and name. */
export class Dialler {
  readonly #parts: DiallerParts;
  readonly #live = new Map<string, Connection>();
  readonly #dialling = new Map<string, Promise<Flow>>();
  readonly #sockets = new Set<Socket>();
  #isStopped = false;

  constructor(parts: DiallerParts) {
    this.#parts = parts;
  }

  /** The live connection to a peer, or a new one; rejects with Unreachable. */
  async connect(peer: Peer): Promise<Flow> {
    const key = `${peer.host} ${peer.port} ${peer.tlsName ?? ""}`;
    const live = this.#live.get(key);
    if (live?.closed === false) return live;
    const known = this.#dialling.get(key);
    if (known !== undefined) return known;
    const dialling = this.#open(peer, key).finally(() => this.#dialling.delete(key));
    this.#dialling.set(key, dialling);
    return dialling;
  }

  /** Nothing is opened any more; what is being opened is given up. */
  stop(): void {
    this.#isStopped = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(peer: Peer, key: string): Promise<Flow> {
    if (this.#isStopped) throw new Unreachable("the server stops");
    const { listener, connections, port, make } = this.#parts;
    const socket = this.#parts.dial(peer, isWildcard(listener.host) ? undefined : listener.host);
    this.#sockets.add(socket);
    try {
      await this.#ready(socket, peer);
    } finally {
      this.#sockets.delete(socket);
    }
    if (!connections.admit(socket)) {
      socket.destroy();
      throw new Unreachable(`no room for another connection to ${peer.host}`);
    }
    return connections.open(
      socket,
      (ends) => {
        const flow = make(socket, ends);
        this.#live.set(key, flow);
        socket.once("close", () => {
          if (this.#live.get(key) === flow) this.#live.delete(key);
        });
        return flow;
      },
      port,
    );
  }

  #ready(socket: Socket, peer: Peer): Promise<void> {
    const { listener, readyEvent } = this.#parts;
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        stopTimer();
        socket.off("error", end).off("close", closed).off(readyEvent, ready);
        if (error === undefined) {
          resolve();
          return;
        }
        // Later errors of a socket that was given up are nobody's.
        socket.on("error", () => undefined);
        socket.destroy();
        listener.log.debug("no connection", { listener: listener.name, peer: peer.host, error: error.message });
        reject(new Unreachable(`${peer.host} port ${peer.port} cannot be reached: ${error.message}`, error));
      };
      const ready = (): void => {
        end();
      };
      const closed = (): void => {
        end(new Error("closed"));
      };
      const stopTimer = listener.clock.after(CONNECT_MAX_MS, () => {
        end(new Error(`no connection within ${CONNECT_MAX_MS / 1000} s`));
      });
      socket.once("error", end).once("close", closed).once(readyEvent, ready);
    });
  }
}
