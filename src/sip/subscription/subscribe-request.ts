import { fail, ok, type Result } from "#base/result";
import { packageName, parseEvent, type EventHeader } from "#sip/message/event-header";
import { parseExpires } from "#sip/message/expires";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import { splitList } from "#sip/message/split-list";
import { decodeUser, parseUri } from "#sip/message/uri";
import type { Answer } from "#sip/transaction/user";
import { ACCEPT_VALUES_MAX, EVENT_ID_MAX_BYTES, type NotifierLimits } from "./limits.ts";
import type { EventPackage } from "./package.ts";
import { bodyRefusal } from "./subscribe-body.ts";
import type { ResourceDirectory, Sender } from "./ports.ts";
import type { SubscriptionRecord } from "./subscription.ts";

/** Event packages by name. */
export type PackageRegistry = ReadonlyMap<string, EventPackage<unknown>>;

/** A SUBSCRIBE outside a dialog that may be granted. */
export interface SubscribeAsk {
  readonly package: EventPackage<unknown>;
  /** Event as our NOTIFYs echo it. */
  readonly event: string;
  readonly contentType: string;
  readonly profile: string;
  readonly resource: string;
  readonly isList: boolean;
  /** The watched URI as written, without parameters and headers. */
  readonly entity: string;
  /** Seconds; 0 = fetch. */
  readonly expiresSeconds: number;
  /** What it asks to hold, where its package has that. */
  readonly wish: unknown;
}

interface Grounds {
  readonly packages: PackageRegistry;
  readonly directory: Pick<ResourceDirectory, "isOurHost" | "find" | "isList" | "mannerOf">;
  readonly limits: NotifierLimits;
}

type Refusal = Result<never, Answer>;

/**
 * Reads a SUBSCRIBE of an authenticated sender in the order of checks of presence.md §1.2, steps 11 to 16. What a resource is
 * depends on the package, so an unknown package is told (489) before an unknown user (404).
 */
export function readSubscribe(request: SipRequest, sender: Sender, grounds: Grounds): Result<SubscribeAsk, Answer> {
  const entity = [request.uri, request.to.uri].find((uri) => userOf(uri) !== undefined);
  const target = entity === undefined ? undefined : parseUri(entity);
  if (entity === undefined || target?.ok !== true || !grounds.directory.isOurHost(target.value.host)) return refuse(404);
  return readUsage(request, withoutParameters(entity), sender, grounds);
}

/** The same checks for a usage whose resource is known already. */
export function readUsage(request: SipRequest, entity: string, sender: Sender, grounds: Grounds): Result<SubscribeAsk, Answer> {
  const event = readEvent(request, grounds.packages);
  if (!event.ok) return event;
  const eventPackage = event.value.package;
  const resource = grounds.directory.find(eventPackage.name, decodeUser(userOf(entity) ?? ""), sender);
  if (resource === undefined) return refuse(404);
  const isList = grounds.directory.isList(resource);
  const contentType = acceptedType(request, eventPackage.contentTypes);
  const unfit = isList ? unfitForLists(request, eventPackage) : undefined;
  if (unfit !== undefined) return fail(unfit);
  if (contentType === undefined) return refuse(406, [["Accept", eventPackage.contentTypes.join(", ")]]);
  const wrongBody = bodyRefusal(request, eventPackage);
  if (wrongBody !== undefined) return fail(wrongBody);
  const profile = eventPackage.profileFor(headerOf(request, "user-agent") ?? "", grounds.directory.mannerOf(sender));
  const expires = readExpires(request, eventPackage, profile, grounds.limits);
  if (!expires.ok) return expires;
  const wish = readWish(request, eventPackage);
  if (!wish.ok) return wish;
  return ok({
    package: eventPackage,
    event: event.value.text,
    contentType,
    profile,
    resource,
    isList,
    entity,
    expiresSeconds: expires.value,
    wish: wish.value,
  });
}

function readWish(request: SipRequest, { holding }: EventPackage<unknown>): Result<unknown, Answer> {
  const wish = holding?.wish(request) ?? ok(undefined);
  return wish.ok ? wish : refuse(400, [], wish.error);
}

/** Requested seconds: Expires, or the default when it is absent or no number; below the minimum 423, or the minimum (S-40 to S-42). */
export function readExpires(
  request: SipRequest,
  eventPackage: EventPackage<unknown>,
  profile: string,
  limits: NotifierLimits,
): Result<number, Answer> {
  const requested = parseExpires(headerOf(request, "expires")) ?? eventPackage.defaultExpirySeconds;
  if (eventPackage.holding !== undefined) return ok(Math.min(requested, eventPackage.holding.secondsMax));
  const isTooShort = requested > 0 && requested < limits.expiryMinSeconds;
  if (isTooShort && !eventPackage.habitsOf(profile).raisesExpiry)
    return refuse(423, [["Min-Expires", String(limits.expiryMinSeconds)]]);
  return ok(isTooShort ? limits.expiryMinSeconds : Math.min(requested, limits.expiryMaxSeconds));
}

/** An Event of ours. */
export interface AskedEvent {
  readonly package: EventPackage<unknown>;
  /** As our NOTIFYs echo it. */
  readonly text: string;
}

/** Package and id name a usage of a dialog; a package's name is the same in any case (RFC 6665 §8.2.1). */
export function isSameUsage({ package: name, event }: Pick<SubscriptionRecord, "package" | "event">, asked: AskedEvent): boolean {
  return name === asked.package.name && idOf(event) === idOf(asked.text);
}

function idOf(event: string): string | undefined {
  const at = event.indexOf(";id=");
  return at === -1 ? undefined : event.slice(at);
}

/** The package of an Event header, or the 489 that names ours. */
export function readEvent(request: SipRequest, packages: PackageRegistry): Result<AskedEvent, Answer> {
  const text = headerOf(request, "event");
  const event = text === undefined ? undefined : parseEvent(text);
  if (event !== undefined && event.ok) {
    const known = packages.get(packageName(event.value));
    if ((event.value.id?.length ?? 0) > EVENT_ID_MAX_BYTES) return refuse(400, [], "Event id too long");
    if (known !== undefined) return ok({ package: known, text: eventText(text ?? "", event.value) });
  }
  return refuse(489, [["Allow-Events", [...packages.keys()].join(", ")]]);
}

/** Only package and id identify the usage (RFC 6665 §8.2.1), and phones compare them byte by byte; other parameters are not echoed. */
function eventText(received: string, event: EventHeader): string {
  const name = received.split(";", 1)[0]?.trim() ?? "";
  return event.id === undefined ? name : `${name};id=${event.id}`;
}

/** What is watched is named by the user part: of the Request-URI, or of To when that has none (S-27, Yealink). */
function userOf(uri: string): string | undefined {
  const parsed = parseUri(uri);
  return parsed.ok ? parsed.value.user : undefined;
}

/** Scheme, user, host and port byte for byte; parameters and headers start after the host, and may hold an at sign themselves. */
function withoutParameters(text: string): string {
  const hostAt = text.indexOf("@") + 1;
  const end = text.slice(hostAt).search(/[;?]/);
  return end === -1 ? text : text.slice(0, hostAt + end);
}

/** The first type of ours that the sender accepts; without Accept, or with wildcards, the default (S-25). An empty Accept takes nothing (RFC 3261 §20.1). */
function acceptedType(request: SipRequest, ours: readonly string[]): string | undefined {
  if (ours.length === 0) return "";
  const lines = headersOf(request, "accept");
  if (lines.length === 0) return ours[0];
  const ranges = lines
    .flatMap((line) => splitList(line))
    .slice(0, ACCEPT_VALUES_MAX)
    .map(readRange);
  const unwanted = new Set(ranges.filter((range) => !range.isWanted).map((range) => range.type));
  for (const { type, isWanted } of ranges) {
    const candidates = ours.filter((own) => type === "*/*" || type === `${own.slice(0, own.indexOf("/"))}/*` || own === type);
    const found = candidates.find((own) => !unwanted.has(own));
    if (isWanted && found !== undefined) return found;
  }
  return undefined;
}

/** What a list is made of, beside the documents of its members (L-2). */
const LIST_TYPES = ["multipart/related", "application/rlmi+xml"];

/** A phone that can read lists says so (L-1, L-2, RFC 4662 §4): nobody guesses it from silence. */
function unfitForLists(request: SipRequest, { list, contentTypes }: EventPackage<unknown>): Answer | undefined {
  if (list === undefined) return { status: 404 };
  if (!headersOf(request, "supported").some(namesEventList)) return { status: 421, headers: [["Require", "eventlist"]] };
  const isAccepted =
    headersOf(request, "accept").length > 0 &&
    [...LIST_TYPES.map((type) => [type]), contentTypes].every((types) => acceptedType(request, types) !== undefined);
  return isAccepted ? undefined : { status: 406, headers: [["Accept", [...LIST_TYPES, ...contentTypes].join(", ")]] };
}

function namesEventList(supported: string): boolean {
  return splitList(supported).some((tag) => tag.trim().toLowerCase() === "eventlist");
}

/** One value of Accept. Quality 0 means "not this one"; other qualities only order, and we have one type a package. */
function readRange(value: string): { readonly type: string; readonly isWanted: boolean } {
  const [type = "", ...parameters] = value.split(";");
  return {
    type: type.trim().toLowerCase(),
    isWanted: !parameters.some((parameter) => /^\s*q\s*=\s*0(\.0*)?\s*$/i.test(parameter)),
  };
}

function refuse(status: number, headers: Answer["headers"] = [], reason?: string): Refusal {
  return fail(reason === undefined ? { status, headers } : { status, headers, reason });
}
