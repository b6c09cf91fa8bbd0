import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Clock } from "#base/clock";

/** Which address of ours a peer can reach (S-83), without brackets. */
export interface LocalAddresses {
  towards(remoteHost: string): string;
  /** The same for every peer; undefined = it depends on the peer. */
  readonly fixed: string | undefined;
  /** Closes what was opened to find out. */
  stop(): void;
}

/** Always the same: a bound address, or --advertise. */
export function fixedAddress(host: string): LocalAddresses {
  return { towards: () => host, fixed: host, stop: () => undefined };
}

/** Peers whose answer is remembered; the oldest goes first. */
const KNOWN_MAX = 10_000;
/** Routes change with cables and leases; a remembered answer is asked for again after this. */
const KNOWN_FRESH_MS = 60_000;
/** Any port will do: connecting a UDP socket chooses the route and sends nothing. */
const ANY_PORT = 9;

/**
 * With a wildcard bind: the source address that the kernel would use towards the peer. One UDP socket per family is connected to the peer
 * and asked for its own address; no packet leaves, and nothing waits.
 */
export class KernelAddresses implements LocalAddresses {
  readonly fixed = undefined;
  readonly #clock: Pick<Clock, "now"> | undefined;
  readonly #known = new Map<string, { readonly address: string; readonly askedAt: number }>();
  readonly #probes = new Map<4 | 6, Socket>();

  /** Without a clock, what was asked once is true until it is forgotten: for short-lived programs. */
  constructor(clock?: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  towards(remoteHost: string): string {
    const known = this.#known.get(remoteHost);
    const now = this.#clock?.now() ?? 0;
    if (known !== undefined && now - known.askedAt < KNOWN_FRESH_MS) return known.address;
    const address = this.#ask(remoteHost);
    this.#known.delete(remoteHost);
    if (this.#known.size >= KNOWN_MAX) this.#known.delete(this.#known.keys().next().value ?? "");
    this.#known.set(remoteHost, { address, askedAt: now });
    return address;
  }

  stop(): void {
    for (const probe of this.#probes.values()) probe.close();
    this.#probes.clear();
  }

  #ask(remoteHost: string): string {
    const family = isIP(remoteHost) === 6 ? 6 : 4;
    const probe = this.#probes.get(family) ?? openProbe(family);
    this.#probes.set(family, probe);
    try {
      probe.connect(ANY_PORT, remoteHost);
      const { address } = probe.address();
      probe.disconnect();
      return isWildcard(address) ? firstAddress(family) : address;
    } catch {
      // No route to the peer: nothing we write there arrives anyway.
      return firstAddress(family);
    }
  }
}

function openProbe(family: 4 | 6): Socket {
  // With this look-up (peers are addresses, never names) bind and connect are done when they return.
  const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void): void => {
    done(null, host, family);
  };
  const probe = createSocket({ type: family === 6 ? "udp6" : "udp4", lookup });
  // A peer without a route is told by the address that stays a wildcard.
  probe.on("error", () => undefined);
  probe.bind({ address: family === 6 ? "::" : "0.0.0.0", port: 0 });
  probe.unref();
  return probe;
}

/** The first address of a family that leads outside, else the loopback one. */
export function firstAddress(family: 4 | 6): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find((address) => !address.internal && address.family === `IPv${family}`);
  return found?.address ?? (family === 6 ? "::1" : "127.0.0.1");
}

/** Does this bind address mean every address? */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "";
}

/** An IPv4 address that a socket of both families shows mapped into IPv6, as the peer would write it. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}
