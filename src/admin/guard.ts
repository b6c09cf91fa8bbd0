import type { Context } from "koa";
import { sameSecret } from "#base/digest";
import { Problem } from "./problem.ts";
import type { Sessions } from "./sessions.ts";

const SESSION_COOKIE = "lamplighter";
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
const RETRY_AFTER_SECONDS = "600";

/** Who may use API and page: whoever holds the admin's token, or the cookie of a browser that signed in with it. */
export class Guard {
  readonly #token: string;
  readonly #sessions: Sessions;

  constructor(token: string, sessions: Sessions) {
    this.#token = token;
    this.#sessions = sessions;
  }

  /** Throws the problem of a request that may not use the API. */
  require(context: Context): void {
    const bearer = /^Bearer +(\S{1,200})$/i.exec(context.get("authorization"))?.[1];
    if (bearer !== undefined && sameSecret(bearer, this.#token)) return;
    this.#refuseBlocked(context);
    if (bearer !== undefined) this.#sessions.noteFailure(context.ip);
    if (!this.isSignedIn(context)) {
      const detail = "Send Authorization: Bearer with the token of the file admin-token in the data folder.";
      throw new Problem(401, detail, {}, { "WWW-Authenticate": 'Bearer realm="lamplighter"' });
    }
    if (!SAFE_METHODS.includes(context.method)) this.requireOwnPage(context);
  }

  /** A cookie travels by itself, so foreign pages must not be able to use it for changes. */
  requireOwnPage(context: Context): void {
    if (!isSameOrigin(context))
      throw new Problem(403, "Changes with a session cookie are taken from this server's own pages only.");
  }

  isSignedIn(context: Context): boolean {
    return this.#sessions.isOpen(context.cookies.get(SESSION_COOKIE));
  }

  /** Opens a session for whoever sends the right token; false: it is wrong. */
  signIn(context: Context, token: string): boolean {
    this.#refuseBlocked(context);
    if (!sameSecret(token, this.#token)) {
      this.#sessions.noteFailure(context.ip);
      return false;
    }
    const { id, maxAgeMs } = this.#sessions.open();
    context.cookies.set(SESSION_COOKIE, id, { httpOnly: true, sameSite: "strict", maxAge: maxAgeMs, secure: context.secure });
    return true;
  }

  signOut(context: Context): void {
    this.requireOwnPage(context);
    this.#sessions.close(context.cookies.get(SESSION_COOKIE));
    context.cookies.set(SESSION_COOKIE, null);
  }

  #refuseBlocked(context: Context): void {
    if (!this.#sessions.isBlocked(context.ip)) return;
    const detail = "Too many wrong tokens from this address: wait ten minutes.";
    throw new Problem(429, detail, {}, { "Retry-After": RETRY_AFTER_SECONDS });
  }
}

/** Origin, when sent, must be our own host; browsers send it with every change. */
function isSameOrigin(context: Context): boolean {
  const origin = context.get("origin");
  if (origin === "") return ["", "same-origin"].includes(context.get("sec-fetch-site"));
  return URL.canParse(origin) && new URL(origin).host === context.host;
}
