import { createSocket } from "node:dgram";
import { isIP } from "node:net";

/** Which address of ours a peer can reach (S-83). */
export interface LocalAddresses {
  /** Without brackets. Never waits: until the kernel has answered, the bound address stands in. */
  towards(remoteHost: string): string;
  /** A hint that `towards` will be asked about this peer soon. */
  warm(remoteHost: string): void;
  /** The same for every peer; undefined = it depends on the peer. */
  readonly fixed: string | undefined;
}

/** Peers whose answer is remembered; the oldest goes first. */
const KNOWN_MAX = 10_000;

/** Always the same: a bound address, or --advertise. */
export function fixedAddress(host: string): LocalAddresses {
  return { towards: () => host, warm: () => undefined, fixed: host };
}

/**
 * With a wildcard bind: the source address that the kernel would use towards the peer, asked by connecting a UDP socket (no packet
 * leaves). The answer takes a moment, so `prepare` is called with every first message of a peer before it is handled.
 */
export class KernelAddresses implements LocalAddresses {
  readonly fixed = undefined;
  readonly #known = new Map<string, string>();
  readonly #waiting = new Map<string, (() => void)[]>();

  towards(remoteHost: string): string {
    return this.#known.get(remoteHost) ?? (remoteHost.includes(":") ? "::1" : "127.0.0.1");
  }

  warm(remoteHost: string): void {
    if (!this.#known.has(remoteHost)) this.prepare(remoteHost, () => undefined);
  }

  isKnown(remoteHost: string): boolean {
    return this.#known.has(remoteHost);
  }

  /** Calls `ready` when the address towards the peer is known (or cannot be known). */
  prepare(remoteHost: string, ready: () => void): void {
    const waiting = this.#waiting.get(remoteHost);
    if (waiting !== undefined) {
      waiting.push(ready);
      return;
    }
    this.#waiting.set(remoteHost, [ready]);
    askKernel(remoteHost, (address) => {
      if (this.#known.size >= KNOWN_MAX) this.#known.delete(this.#known.keys().next().value ?? "");
      if (address !== undefined) this.#known.set(remoteHost, address);
      const calls = this.#waiting.get(remoteHost) ?? [];
      this.#waiting.delete(remoteHost);
      for (const call of calls) call();
    });
  }
}

function askKernel(remoteHost: string, tell: (address: string | undefined) => void): void {
  const socket = createSocket(isIP(remoteHost) === 6 ? "udp6" : "udp4");
  const finish = (address: string | undefined): void => {
    socket.close();
    tell(address);
  };
  socket.once("error", () => {
    finish(undefined);
  });
  // Any port will do: connect chooses the route and sends nothing.
  socket.connect(9, remoteHost, () => {
    finish(socket.address().address);
  });
}

/** Does this bind address mean every address? */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "";
}
