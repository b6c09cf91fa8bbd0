import { ServerUnderTest } from "#test/support/server";
import { headerIn, request, statusOf, tcpWire, udpWire, wsWire, type Wire } from "#test/support/wire";

/** Transports that torture messages are sent over. */
export const WAYS = ["udp", "tcp", "ws"] as const;
export type Way = (typeof WAYS)[number];

/** The real server in a process of its own: UDP and TCP are trusted, WebSockets never are. */
export class TortureServer {
  readonly server: ServerUnderTest;
  readonly #pulse: Wire;

  private constructor(server: ServerUnderTest, pulse: Wire) {
    this.server = server;
    this.#pulse = pulse;
  }

  static async start(): Promise<TortureServer> {
    const server = await ServerUnderTest.start({
      site: "test/fixtures/sites/alternate",
      args: ["--trust", "127.0.0.1/32", "--domain", "example.com"],
    });
    return new TortureServer(server, await udpWire(server.sipPort));
  }

  async stop(): Promise<void> {
    await this.#pulse.close();
    await this.server.stop();
  }

  open(way: Way): Promise<Wire> {
    if (way === "udp") return udpWire(this.server.sipPort);
    return way === "tcp" ? tcpWire(this.server.sipPort) : wsWire(this.server.httpPort);
  }

  /** Statuses of the final answers to a message sent alone. `expected`: how many are waited for; more would be seen too. */
  async answers(way: Way, text: string, expected: number): Promise<string[]> {
    const wire = await this.open(way);
    try {
      wire.send(text);
      const heard: string[] = [];
      const isFinal = (message: string): boolean => statusOf(message) >= 200;
      while (heard.length < expected) heard.push(await wire.next(isFinal, 5000));
      await this.alive();
      // What was to come has come: the server has answered something younger.
      for (;;) {
        const more = await wire.next(isFinal, 5).catch(() => undefined);
        if (more === undefined) return heard;
        heard.push(more);
      }
    } catch (error) {
      throw new Error(`over ${way}: ${String(error)}\n${this.server.output.slice(-2000)}\n${text}`);
    } finally {
      await wire.close();
    }
  }

  /** Resolves when the server answers. */
  async alive(): Promise<void> {
    const text = request("OPTIONS", "sip:127.0.0.1", this.#pulse.localPort);
    this.#pulse.send(text);
    await this.#pulse.next((message) => headerIn(message, "Call-ID") === headerIn(text, "Call-ID"), 5000);
  }
}
