import type { IncomingMessage } from "node:http";
import { parseHostPort } from "#sip/message/uri";

/** Where SIP is spoken (design §6). */
export const PATH = "/sip";
/** RFC 7118 §4.1 */
export const SUBPROTOCOL = "sip";

/** Does somebody ask for a WebSocket at all? Some clients offer HTTP/2 with every request (RFC 9110 §7.8: an offer may be ignored). */
export function wantsWebSocket({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Why an upgrade cannot become a WebSocket of SIP: the status line of the answer. What is wrong with the WebSocket itself, the library says. */
export function handshakeProblem({ url, headers }: Pick<IncomingMessage, "url" | "headers">): string | undefined {
  if ((url ?? "").split("?", 1)[0] !== PATH) return "404 Not Found";
  if (!isOwnOrigin(headers.origin, headers.host)) return "403 Forbidden";
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  return offered.includes(SUBPROTOCOL) ? undefined : "400 Bad Request";
}

/**
 * A browser says which page asks, and only our own may (X-18, design §9.33); whoever is no browser says nothing. The scheme does not count:
 * a proxy in front may have taken TLS off.
 */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  if (host === undefined || parseHostPort(host) === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Through the same reader, so that a default port and none are one; "null" and pages of files have no host.
  const own = `${page.protocol}//${host}`;
  return page.host !== "" && URL.canParse(own) && new URL(own).host === page.host;
}
