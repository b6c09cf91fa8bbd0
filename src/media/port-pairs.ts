import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Random } from "#base/random";
import { MediaError } from "./media-error.ts";

/** Two bound sockets: RTP on an even port, RTCP on the next. */
export interface PortPair {
  readonly port: number;
  readonly rtp: Socket;
  readonly rtcp: Socket;
  close(): void;
}

/** Addresses are addresses here: no name is ever looked up, and nothing waits. */
function lookup(host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, host, isIP(host));
}

/** The pairs of a range of ports. */
export class PortPairs {
  readonly #first: number;
  readonly #count: number;
  /** Some other system on this machine may use the range: not everybody begins with its first port. */
  #next: number;
  readonly #used = new Set<string>();

  constructor(ports: { readonly from: number; readonly to: number }, random: Random) {
    this.#first = ports.from + (ports.from % 2);
    this.#count = Math.max(0, Math.floor((ports.to - this.#first + 1) / 2));
    this.#next = this.#count === 0 ? 0 : random.below(this.#count);
  }

  /** Binds the next free pair at this address. Rejects with MediaError. */
  async open(host: string): Promise<PortPair> {
    if (isIP(host) === 0) throw new MediaError("bad-address", `${host} is no address`);
    for (let tries = 0; tries < this.#count; tries++) {
      const port = this.#first + this.#next * 2;
      this.#next = (this.#next + 1) % this.#count;
      const key = `${host} ${port}`;
      if (this.#used.has(key)) continue;
      this.#used.add(key);
      const pair = await this.#bindBoth(host, port, key);
      if (pair !== undefined) return pair;
      this.#used.delete(key);
    }
    throw new MediaError("no-ports", `all ${this.#count} pairs of the RTP ports are in use at ${host}`);
  }

  async #bindBoth(host: string, port: number, key: string): Promise<PortPair | undefined> {
    const rtp = await bind(host, port);
    if (rtp === undefined) return undefined;
    const rtcp = await bind(host, port + 1).catch((error: unknown) => {
      rtp.close();
      throw error;
    });
    if (rtcp === undefined) {
      rtp.close();
      return undefined;
    }
    const close = (): void => {
      this.#used.delete(key);
      rtp.close();
      rtcp.close();
    };
    return { port, rtp, rtcp, close };
  }
}

/** undefined: the port is taken. */
function bind(host: string, port: number): Promise<Socket | undefined> {
  const isV6 = isIP(host) === 6;
  const socket = createSocket({ type: isV6 ? "udp6" : "udp4", ipv6Only: isV6, lookup });
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      socket.close();
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(new MediaError("bad-address", `no RTP port can be opened at ${host}`, error));
    };
    socket.once("error", refuse);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off("error", refuse);
      resolve(socket);
    });
  });
}
