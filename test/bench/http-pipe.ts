import { connect, type Socket } from "node:net";

interface Question {
  readonly text: string;
  readonly resolve: (status: number) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A few kept connections that carry one question each at a time; as little work as possible, since it shares the machine with the server.
 * The server closes connections that idle; they are opened again when they are needed.
 */
export class HttpPipe {
  readonly #port: number;
  readonly #headers: string;
  readonly #connections: Connection[];
  readonly #idle: Connection[];
  readonly #queue: Question[] = [];

  constructor(port: number, connections: number, headers: Readonly<Record<string, string>> = {}) {
    const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#port = port;
    this.#headers = lines.join("");
    this.#connections = Array.from({ length: connections }, () => this.#connection());
    this.#idle = [...this.#connections];
  }

  /** Resolves with the status. */
  ask(method: string, path: string, body = ""): Promise<number> {
    const length = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const text = `${method} ${path} HTTP/1.1\r\n${this.#headers}${length}\r\n${body}`;
    return new Promise((resolve, reject) => {
      const question = { text, resolve, reject };
      const connection = this.#idle.pop();
      if (connection === undefined) this.#queue.push(question);
      else connection.ask(question);
    });
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #connection(): Connection {
    const connection = new Connection(this.#port, () => {
      const next = this.#queue.shift();
      if (next === undefined) this.#idle.push(connection);
      else connection.ask(next);
    });
    return connection;
  }
}

class Connection {
  readonly #port: number;
  readonly #onIdle: () => void;
  #socket: Socket | undefined;
  #question: Question | undefined;
  #heard = "";

  constructor(port: number, onIdle: () => void) {
    this.#port = port;
    this.#onIdle = onIdle;
  }

  ask(question: Question): void {
    this.#question = question;
    this.#socket ??= this.#open();
    this.#socket.write(question.text, "latin1");
  }

  close(): void {
    this.#question = undefined;
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect(this.#port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      this.#hear(String(chunk));
    });
    socket.on("close", () => {
      this.#socket = undefined;
      this.#heard = "";
      this.#question?.reject(new Error("the server closed the connection"));
      this.#question = undefined;
    });
    socket.on("error", () => undefined);
    return socket;
  }

  #hear(chunk: string): void {
    this.#heard += chunk;
    const headEnd = this.#heard.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const status = Number(this.#heard.slice(9, 12));
    const length = status === 304 ? 0 : Number(/content-length: (\d+)/i.exec(this.#heard)?.[1] ?? 0);
    if (this.#heard.length < headEnd + 4 + length) return;
    this.#heard = "";
    const question = this.#question;
    this.#question = undefined;
    this.#onIdle();
    question?.resolve(status);
  }
}
