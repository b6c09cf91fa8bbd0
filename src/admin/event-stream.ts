import { PassThrough } from "node:stream";
import type { Context } from "koa";
import type { AdminEvent } from "./ports.ts";

/** What may wait for a reader that does not read; then it is cut off and may come again. */
const UNREAD_MAX_BYTES = 1024 * 1024;

/**
 * Server-sent events of all changes. There is no replay: whoever reconnects reads the lists again. A reader that falls behind is told and
 * cut off.
 */
export function streamEvents(context: Context, subscribe: (listener: (event: AdminEvent) => void) => () => void): void {
  const stream = new PassThrough({ highWaterMark: UNREAD_MAX_BYTES });
  let serial = 0;
  const unsubscribe = subscribe(({ type, data }) => {
    serial += 1;
    const isRoomLeft = stream.write(`id: ${serial}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    if (isRoomLeft) return;
    unsubscribe();
    stream.end("event: behind\ndata: {}\n\n");
  });
  stream.once("close", unsubscribe);
  context.req.once("close", () => {
    stream.destroy();
  });
  context.type = "text/event-stream";
  context.set("Cache-Control", "no-store");
  context.status = 200;
  context.body = stream;
  stream.write(": hello\n\n");
}
