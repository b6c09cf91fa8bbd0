import { PassThrough } from "node:stream";
import type { Context } from "koa";
import type { Clock, StopTimer } from "#base/clock";
import type { AdminPorts } from "./ports.ts";
import { Problem } from "./problem.ts";

/** What may wait for a reader that does not read; then it is cut off and may come again. */
const UNREAD_MAX_BYTES = 1024 * 1024;
/** A reader that was told to be behind has this long to read it. */
const LAST_WORDS_MS = 5000;
/** A line without meaning, so that nobody in between takes the stream for dead. */
const PULSE_MS = 20_000;
const STREAMS_MAX = 200;
const RETRY_AFTER_SECONDS = "10";

/**
 * Server-sent events of all changes. There is no replay: whoever reconnects reads the lists again. A reader that falls behind is told and
 * cut off.
 */
export class EventStreams {
  readonly #subscribe: AdminPorts["events"];
  readonly #clock: Clock;
  #open = 0;

  constructor(subscribe: AdminPorts["events"], clock: Clock) {
    this.#subscribe = subscribe;
    this.#clock = clock;
  }

  /** Answers a request with the stream. */
  open(context: Context): void {
    if (this.#open >= STREAMS_MAX)
      throw new Problem(503, `${STREAMS_MAX} streams are open: close one.`, {}, { "Retry-After": RETRY_AFTER_SECONDS });
    context.type = "text/event-stream";
    context.status = 200;
    if (context.method !== "HEAD") this.#stream(context);
  }

  #stream(context: Context): void {
    const stream = new PassThrough({ highWaterMark: UNREAD_MAX_BYTES });
    // Nothing may happen for long: the pulse keeps it alive, and a reader that does not read is cut off by what waits for it.
    context.req.socket.setTimeout(0);
    let serial = 0;
    let stopTimer: StopTimer | undefined;
    const pulse = (): void => {
      stream.write(": still here\n\n");
      stopTimer = this.#clock.after(PULSE_MS, pulse);
    };
    const unsubscribe = this.#subscribe(({ type, data }) => {
      serial += 1;
      if (stream.write(`id: ${serial}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`)) return;
      unsubscribe();
      stopTimer?.();
      stream.end("event: behind\ndata: {}\n\n");
      stopTimer = this.#clock.after(LAST_WORDS_MS, () => stream.destroy());
    });
    this.#open += 1;
    stream.once("close", () => {
      this.#open -= 1;
      unsubscribe();
      stopTimer?.();
      // Without its end the answer is not whole, which only closing can tell.
      if (!context.res.writableEnded) context.res.destroy();
    });
    context.res.once("close", () => stream.destroy());
    context.body = stream;
    pulse();
  }
}
