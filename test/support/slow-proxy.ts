import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A long way to a server: every byte arrives, in order, and later by `delayMs` on each of both ways. */
export class SlowProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async open(serverPort: number, delayMs: number): Promise<SlowProxy> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(serverPort, "127.0.0.1");
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from);
        from.setNoDelay();
        from.on("data", (data) => setTimeout(() => to.write(data), delayMs));
        from.on("close", () => setTimeout(() => to.destroy(), delayMs));
        // Told by the close behind it.
        from.on("error", () => undefined);
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SlowProxy(server, sockets);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
