import type { Context, Middleware } from "koa";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import { apiRouter } from "./api.ts";
import { Guard } from "./guard.ts";
import { panelPages } from "./panel.ts";
import type { AdminPorts } from "./ports.ts";
import { Problem, writeProblem } from "./problem.ts";
import { Sessions } from "./sessions.ts";

export interface AdminParts {
  readonly ports: AdminPorts;
  readonly token: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const RETRY_AFTER_SECONDS = "2";
/** Of a path, in a message. */
const SHOWN_MAX_CHARACTERS = 200;
const READ_METHODS = ["HEAD", "GET"];

/** Answers hold addresses with secrets in them, and are never pages. */
const API_HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
};

/** API, page, health and metrics as one middleware, to be mounted behind the provisioner. */
export function adminApp(parts: AdminParts): Middleware {
  const guard = new Guard(parts.token, new Sessions(parts.clock, parts.random));
  const router = apiRouter(parts.ports, parts.clock);
  const routes = router.routes();
  const pages = panelPages(guard);
  const openPaths = new Map<string, (context: Context) => Promise<void> | void>([
    ["/healthz", alive],
    ["/readyz", ready],
    ["/metrics", metrics],
  ]);
  return async (context, next) => {
    const open = openPaths.get(context.path);
    try {
      if (open !== undefined) await read(context, open);
      else if (context.path === "/api/v1" || context.path.startsWith("/api/v1/")) await api(context);
      else await pages(context, next);
    } catch (error) {
      answerError(context, error, parts.log);
    }
  };

  async function read(context: Context, answer: (context: Context) => Promise<void> | void): Promise<void> {
    if (!READ_METHODS.includes(context.method)) throw noSuch(context, READ_METHODS);
    context.set("Cache-Control", "no-store");
    await answer(context);
  }

  async function api(context: Context): Promise<void> {
    context.set(API_HEADERS);
    guard.require(context);
    await routes(context as never, () => {
      // Nothing matched: another method of a known path, or no such path.
      const allowed = router.match(context.path, context.method).path.flatMap((layer) => layer.methods);
      if (context.method !== "OPTIONS" || allowed.length === 0) return Promise.reject(noSuch(context, allowed));
      tellMethods(context, allowed);
      return Promise.resolve();
    });
  }

  async function ready(context: Context): Promise<void> {
    const { isReady, ...facts } = await parts.ports.readiness();
    const { store, reason = "" } = facts;
    if (!isReady) throw new Problem(503, reason, store === undefined ? {} : { store }, { "Retry-After": RETRY_AFTER_SECONDS });
    context.body = { status: "ready", ...facts };
  }

  async function metrics(context: Context): Promise<void> {
    const { contentType, text } = await parts.ports.metrics();
    context.set("Content-Type", contentType);
    context.body = text;
  }
}

function alive(context: Context): void {
  context.body = { status: "alive" };
}

function answerError(context: Context, error: unknown, log: Log): void {
  if (error instanceof Problem) writeProblem(context, error);
  else if (error instanceof OperationalError) {
    log.warn("a request cannot be served now", { path: context.path, code: error.code, error: error.message });
    writeProblem(context, new Problem(503, error.message, { code: error.code }, { "Retry-After": RETRY_AFTER_SECONDS }));
  } else {
    log.error("a request failed", {
      path: context.path,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    writeProblem(context, new Problem(500, "The server made a mistake; its log says more."));
  }
}

function noSuch(context: Context, allowed: readonly string[]): Problem {
  const path = context.path.slice(0, SHOWN_MAX_CHARACTERS);
  if (allowed.length === 0) return new Problem(404, `There is no ${path}: /api/v1/openapi.json lists what there is.`);
  return new Problem(405, `${path} does not take ${context.method}.`, {}, { Allow: allowOf(allowed) });
}

function tellMethods(context: Context, allowed: readonly string[]): void {
  context.status = 204;
  context.set("Allow", allowOf(allowed));
}

function allowOf(methods: readonly string[]): string {
  return [...new Set(methods)].join(", ");
}
