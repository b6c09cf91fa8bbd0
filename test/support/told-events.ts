import { setTimeout as pause } from "node:timers/promises";
import type { ServerUnderTest } from "./server.ts";

/** What a server's event stream tells, from the moment it is open. */
export class ToldEvents {
  readonly #stop = new AbortController();
  readonly #all: { readonly type: string; readonly data: unknown }[] = [];

  private constructor() {}

  static async open(server: ServerUnderTest): Promise<ToldEvents> {
    const told = new ToldEvents();
    const response = await fetch(`${server.url}/api/v1/events`, {
      headers: { Authorization: `Bearer ${await server.token()}` },
      signal: told.#stop.signal,
    });
    if (response.body === null) throw new Error("the stream has no body");
    void told.#read(response.body);
    return told;
  }

  /** Data of all events of this type so far. */
  of(type: string): readonly unknown[] {
    return this.#all.filter((event) => event.type === type).map(({ data }) => data);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    // The reader sees it in its own turn.
    await pause(0);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        const whole = text.split("\n\n");
        text = whole.pop() ?? "";
        for (const event of whole) this.#take(event);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #take(event: string): void {
    const [type, data] = ["event", "data"].map((name) => new RegExp(`^${name}: (.*)$`, "m").exec(event)?.[1]);
    if (type !== undefined && data !== undefined) this.#all.push({ type, data: JSON.parse(data) });
  }
}
