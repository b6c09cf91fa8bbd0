import { createHash } from "node:crypto";
import type { Context, Middleware } from "koa";
import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { PhoneView } from "./phone-view.ts";
import type { FetchLog, PhoneDirectory } from "./ports.ts";
import { vendorOf } from "./registry.ts";
import type { RenderedFile, Vendor } from "./vendor.ts";

export interface ProvisionerParts {
  readonly phones: PhoneDirectory;
  readonly fetches: FetchLog;
  readonly clock: Clock;
  readonly log: Log;
}

/** Longer paths are nobody's file. */
const PATH_MAX_BYTES = 512;
const PATH = /^\/provisioning\/([A-Za-z0-9_-]{16,128})\/([A-Za-z0-9._-]{1,128})$/;
const READ_METHODS = "GET, HEAD";
const UPLOAD_METHODS = "GET, HEAD, PUT";

/** Bodies kept; phones of an office fetch the same ones again and again. */
const BODIES_MAX = 5000;

interface Body {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** What phones fetch: `/provisioning/<secret>/<file>` (design §6). Everything that is not the phone's own file is the same 404. */
export function provisioner(parts: ProvisionerParts): Middleware {
  const bodies = new Map<string, { readonly phone: PhoneView; readonly body: Body }>();
  return async (context, next) => {
    if (!context.path.startsWith("/provisioning/") && context.path !== "/provisioning") {
      await next();
      return;
    }
    const match = context.path.length > PATH_MAX_BYTES ? null : PATH.exec(context.path);
    const phone = match === null ? undefined : parts.phones.findBySecret(match[1] ?? "", localHostOf(context));
    const vendor = phone === undefined ? undefined : vendorOf(phone.vendor);
    if (match === null || phone === undefined || vendor === undefined) notFound(context);
    else serve(context, phone, vendor, (match[2] ?? "").toLowerCase());
  };

  function serve(context: Context, phone: PhoneView, vendor: Vendor, name: string): void {
    const isOwn = vendor.files(phone).includes(name);
    const isUpload = vendor.isUpload(phone.mac, name);
    if (!isOwn && !isUpload) notFound(context);
    else if (!isRead(context.method)) refuse(context, isUpload);
    else if (!isOwn) notFound(context);
    else send(context, phone, vendor, name);
    parts.fetches.record({
      mac: phone.mac,
      file: name,
      at: parts.clock.now(),
      remote: context.ip,
      userAgent: context.get("user-agent").slice(0, 200),
      status: context.status,
    });
  }

  function send(context: Context, phone: PhoneView, vendor: Vendor, name: string): void {
    const body = bodyOf(phone, vendor, name);
    if (body === undefined) {
      notFound(context);
      return;
    }
    context.status = 200;
    context.set("ETag", body.etag);
    context.set("Cache-Control", "no-cache");
    context.type = body.contentType;
    if (context.fresh) context.status = 304;
    else context.body = body.bytes;
  }

  /** The same bytes for as long as the phone's view is the same. */
  function bodyOf(phone: PhoneView, vendor: Vendor, name: string): Body | undefined {
    const key = `${phone.mac} ${name}`;
    const known = bodies.get(key);
    if (known !== undefined && known.phone === phone) return known.body;
    const rendered = vendor.render(phone, name);
    if (!rendered.ok) {
      parts.log.error("a phone's file cannot be made", { mac: phone.mac, file: name, reason: rendered.error });
      return undefined;
    }
    const body = toBody(rendered.value);
    if (bodies.size >= BODIES_MAX) bodies.clear();
    bodies.set(key, { phone, body });
    return body;
  }
}

/** Renders one file of a phone, for whoever wants to look at it. */
export function renderPhoneFile(phone: PhoneView, name: string): RenderedFile | undefined {
  const rendered = vendorOf(phone.vendor)?.render(phone, name.toLowerCase());
  return rendered !== undefined && rendered.ok ? rendered.value : undefined;
}

function toBody({ contentType, body }: RenderedFile): Body {
  const bytes = Buffer.from(body, "utf8");
  return { contentType, bytes, etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 27)}"` };
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Uploads are not kept: the phone carries on (polycom.md §1.5). Any other method is 405 (design §9.29). */
function refuse(context: Context, isUpload: boolean): void {
  if (isUpload && context.method === "PUT") {
    context.status = 403;
    context.body = "uploads are not kept\n";
    return;
  }
  context.status = 405;
  context.set("Allow", isUpload ? UPLOAD_METHODS : READ_METHODS);
  context.body = "method not allowed\n";
}

/** One answer for a wrong secret, a wrong MAC and an unknown file. */
function notFound(context: Context): void {
  context.status = 404;
  context.type = "text/plain";
  context.body = "not found\n";
}

/** The address of ours that the phone reached, for its own configuration. */
function localHostOf(context: Context): string {
  return (context.req.socket.localAddress ?? "").replace(/^::ffff:/, "");
}
