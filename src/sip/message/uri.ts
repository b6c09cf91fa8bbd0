import { fail, ok, type Result } from "#base/result";
import { URI_MAX_BYTES, URI_PARAMETERS_MAX } from "./limits.ts";

/** A SIP or SIPS URI (RFC 3261 §19.1). */
export interface SipUri {
  /** Lower case. */
  readonly scheme: "sip" | "sips";
  /** As written, still escaped, without password; undefined = none. */
  readonly user: string | undefined;
  /** Without brackets, as written. */
  readonly host: string;
  readonly port: number | undefined;
  /** By lower-case name; "" = no value. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads a URI. The error is a reason for a 400; an unknown scheme says "Unsupported scheme" (416). */
export function parseUri(text: string): Result<SipUri, string> {
  if (text.length > URI_MAX_BYTES) return fail("URI too long");
  if (!isPrintable(text)) return fail("Bad character in URI");
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (scheme !== "sip" && scheme !== "sips") return fail("Unsupported scheme");
  const question = text.indexOf("?", colon);
  const whole = question === -1 ? text.slice(colon + 1) : text.slice(colon + 1, question);
  // A user part may hold semicolons (";phone-context="), so the host is what follows the last at sign.
  const at = whole.lastIndexOf("@");
  const userInfo = at === -1 ? undefined : whole.slice(0, at);
  const [hostPort = "", ...parameterTexts] = whole.slice(at + 1).split(";");
  const address = parseHostPort(hostPort);
  if (address === undefined) return fail("Bad host in URI");
  if (parameterTexts.length > URI_PARAMETERS_MAX) return fail("Too many URI parameters");
  const user = userInfo?.split(":", 1)[0];
  if (user === "") return fail("Empty user in URI");
  return ok({ scheme, user, ...address, parameters: uriParameters(parameterTexts) });
}

/** "host", "host:port" or "[v6]:port"; undefined when it is neither. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,255}))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? undefined : Number(match[3]);
  if (port !== undefined && port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? "", port };
}

/** "host:port" with IPv6 in brackets. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function uriParameters(texts: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const name = (equals === -1 ? text : text.slice(0, equals)).toLowerCase();
    if (!parameters.has(name)) parameters.set(name, equals === -1 ? "" : text.slice(equals + 1));
  }
  return parameters;
}

/** A user part with its percent escapes decoded (S-28); a broken escape stays as written. */
export function decodeUser(user: string): string {
  return user.replace(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Are two URIs the same by RFC 3261 §19.1.4? User case-sensitive, host not; default port equals no port; transport, user, ttl, method, maddr must agree. */
export function sameUri(left: SipUri, right: SipUri): boolean {
  if (left.scheme !== right.scheme || decodeUser(left.user ?? "") !== decodeUser(right.user ?? "")) return false;
  if ((left.user === undefined) !== (right.user === undefined)) return false;
  if (left.host.toLowerCase() !== right.host.toLowerCase() || portOf(left) !== portOf(right)) return false;
  for (const name of new Set([...left.parameters.keys(), ...right.parameters.keys()])) {
    const values = [left.parameters.get(name), right.parameters.get(name)];
    const isOptional = !SIGNIFICANT.has(name) && values.includes(undefined);
    if (!isOptional && values[0]?.toLowerCase() !== values[1]?.toLowerCase()) return false;
  }
  return true;
}

const SIGNIFICANT = new Set(["transport", "user", "ttl", "method", "maddr"]);

function portOf(uri: SipUri): number {
  return uri.port ?? (uri.scheme === "sips" ? 5061 : 5060);
}

function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Blanks, controls, quotes, angle brackets and bytes above ASCII must be escaped in a URI.
    if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x3c || code === 0x3e) return false;
  }
  return true;
}
