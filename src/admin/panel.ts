import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context, Middleware } from "koa";
import { packageRoot } from "#base/package-root";
import type { Guard } from "./guard.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read-body.ts";

const FORM_MAX_BYTES = 4096;
/** Of a path, in a message. */
const SHOWN_MAX_CHARACTERS = 200;

/** Nothing inline, nothing from elsewhere, in nobody's frame. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  // Not "no-referrer": browsers would then hide the origin of our own forms from us too.
  "Referrer-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

/** The page: a sign-in form, and behind it the lamps. */
export function panelPages(guard: Guard): Middleware {
  const panel = readPage("panel.html");
  const signInForm = readPage("sign-in.html");
  const wrongToken = readPage("wrong-token.html");
  const reads = new Map<string, (context: Context) => void>([
    [
      "/",
      (context) => {
        (guard.isSignedIn(context) ? panel : signInForm)(context);
      },
    ],
    ...["panel.js", "panel.css", "lamp.svg"].map((name) => [`/${name}`, readPage(name)] as const),
  ]);
  const posts = new Map<string, (context: Context) => Promise<void> | void>([
    ["/sign-in", signIn],
    ["/sign-out", signOut],
  ]);
  return async (context, next) => {
    context.set(PAGE_HEADERS);
    const read = reads.get(context.path);
    const post = posts.get(context.path);
    if (read !== undefined && (context.method === "GET" || context.method === "HEAD")) read(context);
    else if (post !== undefined && context.method === "POST") await post(context);
    else if (read !== undefined) throw wrongMethod(context, "GET, HEAD");
    else if (post !== undefined) throw wrongMethod(context, "POST");
    else {
      await next();
      if (context.status === 404) throw new Problem(404, `There is no ${context.path.slice(0, SHOWN_MAX_CHARACTERS)}.`);
    }
  };

  async function signIn(context: Context): Promise<void> {
    const form = new URLSearchParams((await readBody(context, FORM_MAX_BYTES)).toString("latin1"));
    if (guard.signIn(context, (form.get("token") ?? "").trim())) {
      goHome(context);
      return;
    }
    context.status = 401;
    wrongToken(context);
  }

  function signOut(context: Context): void {
    guard.signOut(context);
    goHome(context);
  }
}

function goHome(context: Context): void {
  context.redirect("/");
  context.status = 303;
}

function wrongMethod(context: Context, allow: string): Problem {
  return new Problem(405, `${context.path} does not take ${context.method}.`, {}, { Allow: allow });
}

/** A file of templates/panel, read once. */
function readPage(name: string): (context: Context) => void {
  const text = readFileSync(join(packageRoot, "templates/panel", name), "utf8");
  return (context) => {
    context.type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain";
    context.body = text;
  };
}
