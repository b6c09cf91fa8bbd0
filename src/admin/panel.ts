import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context, Middleware } from "koa";
import { sameSecret } from "#base/digest";
import { packageRoot } from "#base/package-root";
import { Problem } from "./problem.ts";
import type { Sessions } from "./sessions.ts";

const FORM_MAX_BYTES = 4096;

/** Nothing inline, nothing from elsewhere, in nobody's frame. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

const FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  "/panel.js": { file: "panel.js", type: "text/javascript" },
  "/panel.css": { file: "panel.css", type: "text/css" },
};

export interface PanelParts {
  readonly sessions: Sessions;
  readonly token: string;
  readonly cookie: string;
}

/** The page: a sign-in form, and behind it the lamps. */
export function panelPages(parts: PanelParts): Middleware {
  const texts = new Map(["panel.html", "sign-in.html", "panel.js", "panel.css"].map((name) => [name, readTemplate(name)]));
  return async (context, next) => {
    context.set(PAGE_HEADERS);
    const file = Object.hasOwn(FILES, context.path) ? FILES[context.path] : undefined;
    if (file !== undefined) send(context, file.file, file.type);
    else if (context.path === "/" && isRead(context))
      send(context, isSignedIn(context) ? "panel.html" : "sign-in.html", "text/html");
    else if (context.path === "/sign-in" && context.method === "POST") await signIn(context);
    else if (context.path === "/sign-out" && context.method === "POST") signOut(context);
    else {
      await next();
      if (context.status === 404) throw new Problem(404, `There is no ${context.path.slice(0, 200)}.`);
    }
  };

  function send(context: Context, name: string, type: string): void {
    context.type = type;
    context.body = texts.get(name);
  }

  function isSignedIn(context: Context): boolean {
    return parts.sessions.isOpen(context.cookies.get(parts.cookie));
  }

  async function signIn(context: Context): Promise<void> {
    if (parts.sessions.isBlocked(context.ip))
      throw new Problem(429, "Too many wrong tokens from this address: wait ten minutes.");
    const token = new URLSearchParams(await readForm(context)).get("token") ?? "";
    if (!sameSecret(token.trim(), parts.token)) {
      parts.sessions.noteFailure(context.ip);
      context.status = 401;
      send(context, "sign-in.html", "text/html");
      return;
    }
    const { id, maxAgeMs } = parts.sessions.open();
    context.cookies.set(parts.cookie, id, { httpOnly: true, sameSite: "strict", maxAge: maxAgeMs, secure: context.secure });
    context.redirect("/");
    context.status = 303;
  }

  function signOut(context: Context): void {
    parts.sessions.close(context.cookies.get(parts.cookie));
    context.cookies.set(parts.cookie, null);
    context.redirect("/");
    context.status = 303;
  }
}

function isRead(context: Context): boolean {
  return context.method === "GET" || context.method === "HEAD";
}

async function readForm(context: Context): Promise<string> {
  let text = "";
  for await (const part of context.req as AsyncIterable<Buffer>) {
    text += part.toString("latin1");
    if (text.length > FORM_MAX_BYTES) throw new Problem(413, "The form is too large.");
  }
  return text;
}

function readTemplate(name: string): string {
  return readFileSync(join(packageRoot, "templates/panel", name), "utf8");
}
