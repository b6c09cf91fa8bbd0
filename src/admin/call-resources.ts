import type Router from "@koa/router";
import { listingOf, page } from "./paging.ts";
import { pathParameter } from "./path-parameter.ts";
import type { AdminPorts } from "./ports.ts";
import { Problem } from "./problem.ts";

/** Calls, lines, and what is kept of calls that are over. */
export function addCalls(router: Router, base: string, { calls, lines }: Pick<AdminPorts, "calls" | "lines">): void {
  router.get(`${base}/calls`, (context) => {
    context.body = page(context, calls?.list() ?? listingOf([], String));
  });
  router.get(`${base}/calls/:id`, async (context) => {
    const call = await calls?.get(pathParameter(context, "id"));
    if (call === undefined) throw new Problem(404, "There is no such call, or it is over.");
    context.body = call;
  });
  router.delete(`${base}/calls/:id`, (context) => {
    const outcome = calls?.end(pathParameter(context, "id")) ?? "unknown";
    if (outcome === "unknown") throw new Problem(404, "There is no such call, or it is over.");
    if (outcome === "elsewhere") throw new Problem(409, "That call is at another node: its legs name it, end it there.");
    context.status = 204;
  });
  router.get(`${base}/call-records`, (context) => {
    context.body = page(context, calls?.records() ?? listingOf([], String));
  });
  router.get(`${base}/lines`, (context) => {
    context.body = page(context, lines.list());
  });
  router.get(`${base}/lines/:trunk`, (context) => {
    const name = pathParameter(context, "trunk");
    const line = lines.get(name);
    if (line === undefined) throw new Problem(404, `There is no trunk ${name}.`);
    context.body = line;
  });
}
