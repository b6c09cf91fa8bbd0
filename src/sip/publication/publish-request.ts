import { fail, ok, type Result } from "#base/result";
import { packageName, parseEvent } from "#sip/message/event-header";
import { parseExpires } from "#sip/message/expires";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { isToken } from "#sip/message/scan-text";
import { decodeUser, parseUri } from "#sip/message/uri";
import { fromWire } from "#sip/message/wire-text";
import type { Answer } from "#sip/transaction/user";
import type { PublicationLimits } from "./limits.ts";
import type { PublicationPackage, PublishedAbout, PublishedBody } from "./package.ts";
import { PRECONDITION_FAILED } from "./publication-rules.ts";

/** Packages that take PUBLISH, by name. */
export type PublicationRegistry = ReadonlyMap<string, PublicationPackage>;

/** What is known of a PUBLISH before anybody is asked who sent it. */
export interface PublishTarget {
  readonly package: PublicationPackage;
  /** User part of the Request-URI as text; "" = none. */
  readonly user: string;
}

type Refusal = Result<never, Answer>;

/** Reads whom a PUBLISH is for: steps 1 and 2 of RFC 3903 §6. They tell nothing of a user, so they come before the challenge (P-10). */
export function readTarget(
  request: SipRequest,
  packages: PublicationRegistry,
  isOurHost: (host: string) => boolean,
): Result<PublishTarget, Answer> {
  const uri = parseUri(request.uri);
  if (!uri.ok || !isOurHost(uri.value.host)) return refuse({ status: 404 });
  const event = parseEvent(headerOf(request, "event") ?? "");
  const known = event.ok ? packages.get(packageName(event.value)) : undefined;
  if (known === undefined) return refuse({ status: 489, headers: [["Allow-Events", [...packages.keys()].join(", ")]] });
  return ok({ package: known, user: fromWire(decodeUser(uri.value.user ?? "")) });
}

/** SIP-If-Match, if any. One that cannot be a tag of ours is answered before anything is looked up (P-15). */
export function readTag(request: SipRequest, limits: PublicationLimits): Result<string | undefined, Answer> {
  if (request.body.length > limits.bodyMaxBytes) return refuse({ status: 413 });
  const tag = headerOf(request, "sip-if-match");
  if (tag !== undefined) return isToken(tag) ? ok(tag) : refuse(PRECONDITION_FAILED);
  return request.body === "" ? refuse({ status: 400, reason: "Neither SIP-If-Match nor body" }) : ok(undefined);
}

/** Seconds and body of a PUBLISH whose tag is good, in the order of P-10: 423, 415, 400. */
export function readStatement(
  request: SipRequest,
  target: PublishTarget,
  publisher: PublishedAbout["publisher"],
  limits: PublicationLimits,
): Result<{ readonly seconds: number; readonly body: PublishedBody | undefined }, Answer> {
  const asked = parseExpires(headerOf(request, "expires")) ?? target.package.defaultExpirySeconds;
  const { expiryMinSeconds, expiryMaxSeconds } = limits;
  if (asked > 0 && asked < expiryMinSeconds && !isModify(request))
    return refuse({ status: 423, headers: [["Min-Expires", String(expiryMinSeconds)]] });
  const seconds = Math.min(asked, expiryMaxSeconds);
  if (request.body === "") return ok({ seconds, body: undefined });
  const body = readBody(request, target, publisher, limits);
  // Whoever takes his state back is obeyed, whatever he says besides: the state would outlive a refusal.
  if (!body.ok) return seconds === 0 ? ok({ seconds, body: undefined }) : body;
  return ok({ seconds, body: body.value });
}

/**
 * A new state of what is published already may be brief: Kamailio tells the end of a call with Expires 11, and a 423 would leave the
 * lamp lit for as long as the call was published for.
 */
function isModify(request: SipRequest): boolean {
  return request.body !== "" && headerOf(request, "sip-if-match") !== undefined;
}

function readBody(
  request: SipRequest,
  { package: eventPackage, user }: PublishTarget,
  publisher: PublishedAbout["publisher"],
  limits: PublicationLimits,
): Result<PublishedBody, Answer> {
  const encodings = headersOf(request, "content-encoding");
  if (encodings.some((encoding) => encoding.toLowerCase() !== "identity"))
    return refuse({ status: 415, headers: [["Accept-Encoding", "identity"]] });
  const [type = ""] = (headerOf(request, "content-type") ?? "").split(";");
  if (!eventPackage.contentTypes.includes(type.trim().toLowerCase()))
    return refuse({ status: 415, headers: [["Accept", eventPackage.contentTypes.join(", ")]] });
  const body = eventPackage.read(request.body, { user, publisher });
  return body.ok && JSON.stringify(body.value.state).length > limits.stateMaxCharacters ? refuse({ status: 413 }) : body;
}

function refuse(answer: Answer): Refusal {
  return fail(answer);
}
