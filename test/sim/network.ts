import type { World } from "./world.ts";

/** How datagrams fare, in percent and milliseconds. */
export interface Weather {
  readonly lost: number;
  readonly doubled: number;
  /** Those that take the long way, and so are overtaken. */
  readonly late: number;
  readonly delayMs: number;
  readonly lateMs: number;
}

export const CALM: Weather = { lost: 0, doubled: 0, late: 0, delayMs: 4, lateMs: 0 };
export const STORM: Weather = { lost: 6, doubled: 4, late: 5, delayMs: 25, lateMs: 1500 };

/** Takes a datagram, and the address that it comes from. */
export type Socket = (text: string, from: string) => void;

/** Datagrams between addresses ("host:port"). */
export class Network {
  weather: Weather = STORM;
  /** Addresses that nothing reaches and nothing leaves. */
  readonly cutOff = new Set<string>();
  readonly #world: World;
  readonly #sockets = new Map<string, Socket>();

  constructor(world: World) {
    this.#world = world;
  }

  bind(address: string, socket: Socket): void {
    this.#sockets.set(address, socket);
  }

  /** Harmless when another one has the address by now. */
  unbind(address: string, socket: Socket): void {
    if (this.#sockets.get(address) === socket) this.#sockets.delete(address);
  }

  send(from: string, to: string, text: string): void {
    const { lost, doubled } = this.weather;
    if (this.cutOff.has(from) || this.cutOff.has(to) || this.#world.chance(lost)) return;
    this.#deliver(from, to, text);
    if (this.#world.chance(doubled)) this.#deliver(from, to, text);
  }

  #deliver(from: string, to: string, text: string): void {
    const { late, delayMs, lateMs } = this.weather;
    const wayMs = this.#world.chance(late) ? this.#world.between(delayMs, lateMs) : this.#world.between(1, delayMs);
    // Nobody there any more: the datagram is lost.
    this.#world.after(wayMs, () => this.#sockets.get(to)?.(text, from));
  }
}
