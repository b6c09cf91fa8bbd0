import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A word of RESP that a client sends: "*2\r\n$4\r\nPING\r\n…". */
const WORDS = /\*\d+\r\n((?:\$\d+\r\n[^\r]*\r\n)+)/g;

/** A Sentinel whose answers a test holds back and whose news it makes up: the moments that matter are too short to meet by chance. */
export class FakeSentinel {
  readonly #server: Server;
  readonly #masterPort: number;
  readonly #sockets = new Set<Socket>();
  readonly #subscribers = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #isHolding = false;

  private constructor(server: Server, masterPort: number) {
    this.#server = server;
    this.#masterPort = masterPort;
  }

  static async start(masterPort: number): Promise<FakeSentinel> {
    const server = createServer();
    const sentinel = new FakeSentinel(server, masterPort);
    server.on("connection", (socket) => {
      sentinel.#serve(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return sentinel;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Questions for the master that wait, and listeners. */
  get figures(): { readonly held: number; readonly subscribers: number } {
    return { held: this.#held.length, subscribers: this.#subscribers.size };
  }

  /** From now on nobody learns where the master is. */
  hold(): void {
    this.#isHolding = true;
  }

  /** Who waited learns it. */
  release(): void {
    this.#isHolding = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Tells all listeners that the master is another one; resolves when it is in their hands, read or to be read with their next turn. */
  async tellSwitch(): Promise<void> {
    const news = `*3\r\n${bulk("message")}${bulk("+switch-master")}${bulk("main 127.0.0.1 1 127.0.0.1 2")}`;
    const tell = (socket: Socket): Promise<void> =>
      new Promise((resolve, reject) => {
        socket.write(news, (error) => {
          if (error instanceof Error) reject(error);
          else resolve();
        });
      });
    await Promise.all([...this.#subscribers].map(tell));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#subscribers.delete(socket);
    });
    socket.setEncoding("latin1").on("data", (text) => {
      for (const [, words = ""] of String(text).matchAll(WORDS)) {
        this.#answer(
          socket,
          words.split("\r\n").filter((_, at) => at % 2 === 1),
        );
      }
    });
  }

  #answer(socket: Socket, [command = "", ...rest]: readonly string[]): void {
    const master = (): void => {
      if (!socket.destroyed) socket.write(`*2\r\n${bulk("127.0.0.1")}${bulk(String(this.#masterPort))}`);
    };
    switch (command.toLowerCase()) {
      case "sentinel":
        if (rest[0]?.toLowerCase() !== "get-master-addr-by-name") socket.write("*0\r\n");
        else if (this.#isHolding) this.#held.push(master);
        else master();
        return;
      case "subscribe":
        this.#subscribers.add(socket);
        socket.write(`*3\r\n${bulk("subscribe")}${bulk(rest[0] ?? "")}:1\r\n`);
        return;
      default:
        socket.write(`-ERR unknown command '${command}'\r\n`);
    }
  }
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}
