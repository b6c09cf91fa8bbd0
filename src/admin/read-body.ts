import type { Context } from "koa";
import { Problem } from "./problem.ts";

/** The body of a request, of `maxBytes` at most. A larger one is refused as soon as that is known, and its connection ends. */
export async function readBody(context: Context, maxBytes: number): Promise<Buffer> {
  if (context.request.length > maxBytes) throw tooLarge(maxBytes);
  const parts: Buffer[] = [];
  let bytes = 0;
  // Ending the loop early would close the connection before the answer is out.
  for await (const part of context.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(413, `The body is larger than ${maxBytes} bytes.`, {}, { Connection: "close" });
}
