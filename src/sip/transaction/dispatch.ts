import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { isToken } from "#sip/message/scan-text";
import { splitList } from "#sip/message/split-list";
import { parseUri, UNSUPPORTED_SCHEME } from "#sip/message/uri";
import type { Answer, RequestHandler } from "./user.ts";

/** What the shared checks look things up in. */
export interface DispatchGrounds {
  readonly handlers: ReadonlyMap<string, RequestHandler>;
  /** Option tags that a peer may require of us. */
  readonly supported: readonly string[];
  /** Is the host of a Request-URI one of ours? */
  readonly isOurHost: (host: string) => boolean;
}

/** Finds the handler of a request, or the answer of the checks that all requests share (presence.md §1.2, steps 4 to 8). */
export function dispatch(request: SipRequest, grounds: DispatchGrounds): RequestHandler | Answer {
  const handler = grounds.handlers.get(request.method);
  if (handler === undefined) return unknownMethod(request.method, grounds);
  return badUri(request, grounds) ?? unsupported(request, grounds.supported) ?? handler;
}

function unknownMethod(method: string, { handlers }: DispatchGrounds): Answer {
  return { status: KNOWN_METHODS.has(method) ? 405 : 501, headers: [["Allow", [...handlers.keys()].join(", ")]] };
}

const KNOWN_METHODS = new Set(
  "ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE".split(" "),
);

const HOPS_MAX = 255;

function badUri(request: SipRequest, { isOurHost }: DispatchGrounds): Answer | undefined {
  const uri = parseUri(request.uri);
  if (!uri.ok) return uri.error === UNSUPPORTED_SCHEME ? { status: 416 } : { status: 400, reason: uri.error };
  const hops = headerOf(request, "max-forwards");
  if (hops === undefined) return undefined;
  if (!/^0{0,20}\d{1,3}$/.test(hops) || Number(hops) > HOPS_MAX) return { status: 400, reason: "Bad Max-Forwards" };
  return Number(hops) === 0 && !isOurHost(uri.value.host) ? { status: 483 } : undefined;
}

function unsupported(request: SipRequest, supported: readonly string[]): Answer | undefined {
  const unknown = headersOf(request, "require")
    .flatMap((value) => splitList(value))
    .filter((tag) => !supported.includes(tag.toLowerCase()));
  // Tags are said back: what is no token could not be written.
  if (!unknown.every((tag) => isToken(tag))) return { status: 400, reason: "Bad Require" };
  return unknown.length === 0 ? undefined : { status: 420, headers: [["Unsupported", unknown.join(", ")]] };
}

/** OPTIONS: what we can (RFC 3261 §11.2). */
export function optionsHandler(
  methods: () => readonly string[],
  events: readonly string[],
  supported: readonly string[] = [],
): RequestHandler {
  return {
    method: "OPTIONS",
    handle: (transaction) => {
      transaction.respond({
        status: 200,
        headers: [
          ["Allow", methods().join(", ")],
          ["Accept", "application/sdp"],
          ["Supported", supported.join(", ")],
          ["Allow-Events", events.join(", ")],
        ],
      });
    },
  };
}
