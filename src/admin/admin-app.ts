import type { Context, Middleware } from "koa";
import type { Clock } from "#base/clock";
import { sameSecret } from "#base/digest";
import type { Log } from "#base/log";
import { OperationalError } from "#base/operational-error";
import type { Random } from "#base/random";
import { apiRouter } from "./api.ts";
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

const SESSION_COOKIE = "lamplighter";
const RETRY_AFTER_SECONDS = "2";

/** API, page, health and metrics as one middleware, to be mounted behind the provisioner. */
export function adminApp(parts: AdminParts): Middleware {
  const sessions = new Sessions(parts.clock, parts.random);
  const router = apiRouter(parts.ports);
  const routes = router.routes();
  const pages = panelPages({ sessions, token: parts.token, cookie: SESSION_COOKIE });
  return async (context, next) => {
    try {
      if (context.path === "/healthz") context.body = { status: "alive" };
      else if (context.path === "/readyz") await ready(context);
      else if (context.path === "/metrics") await metrics(context);
      else if (context.path === "/api/v1" || context.path.startsWith("/api/v1/")) await api(context);
      else await pages(context, next);
    } catch (error) {
      answerError(context, error, parts.log);
    }
  };

  async function api(context: Context): Promise<void> {
    requireToken(context);
    await routes(context as never, async () => {
      // Nothing matched: another method of a known path, or no such path.
      const allowed = router.match(context.path, context.method).path.flatMap((layer) => layer.methods);
      await Promise.reject(noSuch(context, allowed));
    });
  }

  function requireToken(context: Context): void {
    const source = context.ip;
    const bearer = /^Bearer +(\S{1,200})$/i.exec(context.get("authorization"))?.[1];
    if (bearer !== undefined && sameSecret(bearer, parts.token)) return;
    if (sessions.isBlocked(source)) throw new Problem(429, "Too many wrong tokens from this address: wait ten minutes.");
    if (bearer !== undefined) sessions.noteFailure(source);
    const isSignedIn = sessions.isOpen(context.cookies.get(SESSION_COOKIE));
    if (!isSignedIn) {
      throw new Problem(
        401,
        "Send Authorization: Bearer with the token of the file admin-token in the data folder.",
        {},
        { "WWW-Authenticate": 'Bearer realm="lamplighter"' },
      );
    }
    // A cookie travels by itself, so foreign pages must not be able to use it for changes.
    const isChange = !["GET", "HEAD", "OPTIONS"].includes(context.method);
    if (isChange && !isSameOrigin(context))
      throw new Problem(403, "Changes with a session cookie are taken from this server's own pages only.");
  }

  async function ready(context: Context): Promise<void> {
    const reason = await parts.ports.notReady();
    if (reason !== undefined) throw new Problem(503, reason, {}, { "Retry-After": RETRY_AFTER_SECONDS });
    context.body = { status: "ready" };
  }

  async function metrics(context: Context): Promise<void> {
    const { contentType, text } = await parts.ports.metrics();
    context.set("Content-Type", contentType);
    context.body = text;
  }
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
  if (allowed.length === 0) return new Problem(404, `There is no ${context.path}: /api/v1/openapi.json lists what there is.`);
  return new Problem(405, `${context.path} does not take ${context.method}.`, {}, { Allow: [...new Set(allowed)].join(", ") });
}

/** Origin, when sent, must be our own host; browsers send it with every change. */
export function isSameOrigin(context: Context): boolean {
  const origin = context.get("origin");
  if (origin === "") return context.get("sec-fetch-site") === "" || context.get("sec-fetch-site") === "same-origin";
  return URL.canParse(origin) && new URL(origin).host === context.host;
}
