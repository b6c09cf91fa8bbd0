import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { splitList } from "#sip/message/split-list";
import { parseUri } from "#sip/message/uri";
import type { Answer, RequestHandler } from "./user.ts";

/** Extensions that every request may require of us. */
const SUPPORTED = ["path", "eventlist"];

/** Finds the handler of a request, or the answer of the checks that all requests share (presence.md §1.2, steps 4 to 8). */
export function dispatch(request: SipRequest, handlers: ReadonlyMap<string, RequestHandler>): RequestHandler | Answer {
  const allow = ["Allow", [...handlers.keys()].join(", ")] as const;
  const handler = handlers.get(request.method);
  if (handler === undefined) return { status: KNOWN_METHODS.has(request.method) ? 405 : 501, headers: [allow] };
  const uri = parseUri(request.uri);
  if (!uri.ok) return uri.error === "Unsupported scheme" ? { status: 416 } : { status: 400, reason: uri.error };
  const maxForwards = headerOf(request, "max-forwards");
  if (maxForwards !== undefined && !/^\d{1,3}$/.test(maxForwards)) return { status: 400, reason: "Bad Max-Forwards" };
  const unknown = headersOf(request, "require")
    .flatMap((value) => splitList(value))
    .filter((tag) => !SUPPORTED.includes(tag.toLowerCase()));
  if (unknown.length > 0) return { status: 420, headers: [["Unsupported", unknown.join(", ")]] };
  return handler;
}

const KNOWN_METHODS = new Set([
  "INVITE",
  "ACK",
  "BYE",
  "CANCEL",
  "OPTIONS",
  "REGISTER",
  "SUBSCRIBE",
  "NOTIFY",
  "PUBLISH",
  "REFER",
  "INFO",
  "MESSAGE",
  "UPDATE",
  "PRACK",
]);

/** OPTIONS: what we can (RFC 3261 §11.2). */
export function optionsHandler(methods: () => readonly string[], events: readonly string[]): RequestHandler {
  return {
    method: "OPTIONS",
    handle: (transaction) => {
      transaction.respond({
        status: 200,
        headers: [
          ["Allow", methods().join(", ")],
          ["Accept", "application/sdp"],
          ["Supported", "path"],
          ["Allow-Events", events.join(", ")],
        ],
      });
    },
  };
}
