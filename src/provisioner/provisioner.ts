import type { Context, Middleware } from "koa";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { PhoneView } from "./phone-view.ts";
import type { FetchLog, PhoneDirectory } from "./ports.ts";
import { uploaderOf, vendorOf } from "./registry.ts";
import { RenderedBodies, type Body } from "./rendered-bodies.ts";
import type { PhoneProblem, RenderedFile, Vendor } from "./vendor.ts";

export interface ProvisionerParts {
  readonly phones: PhoneDirectory;
  readonly fetches: FetchLog;
  readonly clock: Clock;
  readonly log: Log;
}

/** Longer paths are nobody's file. */
const PATH_MAX_CHARACTERS = 512;
const FOLDER = "/provisioning";
/** Names are plain: whatever is escaped, doubled or climbs is nobody's file. */
const PATH = /^\/provisioning\/([A-Za-z0-9_-]{16,128})\/([A-Za-z0-9._-]{1,128})$/;
const READ_METHODS = "GET, HEAD";
const UPLOAD_METHODS = "GET, HEAD, PUT, POST";
const USER_AGENT_MAX_CHARACTERS = 200;

/** What a request asks for, once its path is known to have the form of one of ours. */
interface Asked {
  readonly phone: PhoneView;
  readonly vendor: Vendor;
  readonly name: string;
}

/** What phones fetch: `/provisioning/<secret>/<file>` (design §6). Everything that is not the phone's own file is the same 404. */
export function provisioner(parts: ProvisionerParts): Middleware {
  const bodies = new RenderedBodies();
  return async (context, next) => {
    if (!isOurs(context.path)) {
      await next();
      return;
    }
    // Files hold passwords, and what is not there now may be there tomorrow: nobody on the way keeps an answer.
    context.set("Cache-Control", "no-store");
    if (hasBody(context)) context.set("Connection", "close");
    const match = context.path.length > PATH_MAX_CHARACTERS ? null : PATH.exec(context.path);
    const name = (match?.[2] ?? "").toLowerCase();
    const methods = uploaderOf(name) === undefined ? READ_METHODS : UPLOAD_METHODS;
    // Decided by method and name alone: the answer says nothing of secrets and phones.
    if (!isAllowed(context.method, methods)) {
      refuseMethod(context, methods);
      return;
    }
    const asked = match === null ? undefined : find(context, match[1] ?? "", name);
    if (asked === undefined) notFound(context);
    else serve(context, asked);
  };

  function find(context: Context, secret: string, name: string): Asked | undefined {
    const phone = parts.phones.findBySecret(secret, plainAddress(context.req.socket.localAddress));
    const vendor = phone === undefined ? undefined : vendorOf(phone.vendor);
    return phone === undefined || vendor === undefined ? undefined : { phone, vendor, name };
  }

  function serve(context: Context, { phone, vendor, name }: Asked): void {
    const body = isRead(context.method) && vendor.files(phone).includes(name) ? bodies.of(phone, vendor, name) : undefined;
    if (body === undefined) answerWithout(context, phone, name);
    else if (body.ok) send(context, body.value);
    else {
      parts.log.error("a phone's file cannot be made", { mac: phone.mac, file: name, reason: body.error });
      cannotBeMade(context);
    }
    record(context, { phone, vendor, name }, body?.ok === true ? body.value.etag : undefined);
  }

  function record(context: Context, { phone, vendor, name }: Asked, etag: string | undefined): void {
    const userAgent = context.get("user-agent");
    const software = vendor.readUserAgent(userAgent);
    parts.fetches.record({
      mac: phone.mac,
      file: name,
      at: parts.clock.now(),
      remote: plainAddress(context.ip),
      userAgent: userAgent.slice(0, USER_AGENT_MAX_CHARACTERS),
      status: context.status,
      ...(etag === undefined ? {} : { etag }),
      ...(software === undefined ? {} : { software }),
    });
  }
}

/** Renders one file of a phone, for whoever wants to look at it; undefined: it has no such file, or `checkPhone` says why not. */
export function renderPhoneFile(phone: PhoneView, name: string): RenderedFile | undefined {
  const rendered = vendorOf(phone.vendor)?.render(phone, name.toLowerCase());
  return rendered !== undefined && rendered.ok ? rendered.value : undefined;
}

/** Everything about a phone that does not fit its model or its files: to be asked before a phone is saved. */
export function checkPhone(phone: PhoneView): readonly PhoneProblem[] {
  const message = `vendor: no phones of ${phone.vendor} are served`;
  return vendorOf(phone.vendor)?.check(phone) ?? [{ field: "vendor", message, prevents: true }];
}

function isOurs(path: string): boolean {
  return path === FOLDER || path.startsWith(`${FOLDER}/`);
}

/** Bodies are not read: a connection is not kept for what is still on its way. */
function hasBody(context: Context): boolean {
  return context.get("transfer-encoding") !== "" || !["", "0"].includes(context.get("content-length"));
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** PUT of a name that is nobody's upload is an unknown file (polycom.md P30), not a wrong method (design §9.29). */
function isAllowed(method: string, methods: string): boolean {
  return isRead(method) || method === "PUT" || (method === "POST" && methods === UPLOAD_METHODS);
}

function send(context: Context, body: Body): void {
  context.status = 200;
  context.set("ETag", body.etag);
  if (has(context.get("if-none-match"), body.etag)) {
    context.status = 304;
    return;
  }
  context.type = body.contentType;
  context.body = body.bytes;
}

/** Does whoever asks have this version? (RFC 9110 §13.1.2; that caches may not answer does not matter to us, who made it.) */
function has(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}

/** Of a phone that knows its secret: its uploads are not kept, and it carries on (polycom.md §1.5); nothing else exists. */
function answerWithout(context: Context, phone: PhoneView, name: string): void {
  if (isRead(context.method) || uploaderOf(name) !== phone.mac) notFound(context);
  else answer(context, 403, "uploads are not stored yet\n");
}

/** One answer for a wrong secret, a wrong MAC and an unknown file. */
function notFound(context: Context): void {
  answer(context, 404, "not found\n");
}

/** Not 404: the phone keeps the configuration that it has (polycom.md §1.5). */
function cannotBeMade(context: Context): void {
  answer(context, 500, "this file cannot be made\n");
}

function refuseMethod(context: Context, methods: string): void {
  context.set("Allow", methods);
  answer(context, 405, "method not allowed\n");
}

function answer(context: Context, status: number, text: string): void {
  context.status = status;
  context.type = "text/plain";
  context.body = text;
}

/** An IPv4 address as itself, also on a socket that speaks IPv6. */
function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/, "");
}
