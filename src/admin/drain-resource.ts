import type Router from "@koa/router";
import type { Context } from "koa";
import { z } from "zod";
import type { DrainPort } from "./ports.ts";
import { readJson } from "./read-json.ts";

const OVER_DEFAULT_SECONDS = 60;
const OVER_MAX_SECONDS = 86_400;

/** Body of POST /drain, which may be left out: seconds that it shall take. */
export const drainBody = z.strictObject({
  over: z.number().int().min(0).max(OVER_MAX_SECONDS).default(OVER_DEFAULT_SECONDS),
});

/** Emptying this node: begin, look, call off. */
export function addDrain(router: Router, base: string, drain: DrainPort): void {
  const path = `${base}/drain`;
  router.get(path, (context) => {
    context.body = drain.progress();
  });
  router.post(path, async (context) => {
    const { over } = hasBody(context) ? await readJson(context, drainBody) : { over: OVER_DEFAULT_SECONDS };
    context.status = 202;
    context.body = drain.start(over);
  });
  router.delete(path, (context) => {
    context.body = drain.cancel();
  });
}

function hasBody(context: Context): boolean {
  return context.get("Transfer-Encoding") !== "" || !["", "0"].includes(context.get("Content-Length"));
}
