import { createSocket, type Socket } from "node:dgram";
import { SeededRandom } from "./seeded-random.ts";

export interface BadWeather {
  readonly seed: number;
  readonly lossPercent: number;
  readonly doublePercent: number;
  /** Each datagram is late by up to this, so that they overtake one another. */
  readonly delayMaxMs: number;
}

/**
 * A bad network between phones and a server: what comes from a phone goes on to the server from a socket of the phone's own, as through a NAT,
 * and back; on both ways datagrams get lost, doubled, late and out of order. Until `clear`.
 */
export class LossyProxy {
  readonly port: number;
  /** Datagrams that came, and those that never arrived. */
  readonly counts = { heard: 0, lost: 0 };
  readonly #front: Socket;
  readonly #behind = new Map<number, Socket>();
  readonly #random: SeededRandom;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #serverPort: number;
  readonly #weather: BadWeather;

  private constructor(front: Socket, serverPort: number, weather: BadWeather) {
    this.#front = front;
    this.#serverPort = serverPort;
    this.#weather = weather;
    this.#random = new SeededRandom(weather.seed);
    this.port = front.address().port;
    front.on("message", (data, { port }) => {
      this.#carry(() => {
        this.#socketOf(port).send(data, this.#serverPort, "127.0.0.1");
      });
    });
  }

  static async open(serverPort: number, weather: BadWeather): Promise<LossyProxy> {
    const front = createSocket("udp4");
    await new Promise<void>((resolve) => {
      front.bind(0, "127.0.0.1", resolve);
    });
    return new LossyProxy(front, serverPort, weather);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const sockets = [this.#front, ...this.#behind.values()];
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  }

  #socketOf(phonePort: number): Socket {
    const known = this.#behind.get(phonePort);
    if (known !== undefined) return known;
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    socket.on("message", (data) => {
      this.#carry(() => {
        this.#front.send(data, phonePort, "127.0.0.1");
      });
    });
    this.#behind.set(phonePort, socket);
    return socket;
  }

  #carry(send: () => void): void {
    this.counts.heard += 1;
    const weather = this.#weather;
    if (this.#random.below(100) < weather.lossPercent) {
      this.counts.lost += 1;
      return;
    }
    const copies = this.#random.below(100) < weather.doublePercent ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) this.#later(send, this.#random.below(weather.delayMaxMs + 1));
  }

  #later(send: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, delayMs);
    this.#timers.add(timer);
  }
}
