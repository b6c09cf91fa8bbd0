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
  /** What follows the question mark, as written; "" = nothing. */
  readonly headers: string;
}

/** What `parseUri` says of a scheme that is neither sip nor sips (416). */
export const UNSUPPORTED_SCHEME = "Unsupported scheme";

/** Reads a URI. The error is a reason for a 400; an unknown scheme says UNSUPPORTED_SCHEME (416). */
export function parseUri(text: string): Result<SipUri, string> {
  if (text.length > URI_MAX_BYTES) return fail("URI too long");
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase();
  if (scheme !== "sip" && scheme !== "sips") return fail(UNSUPPORTED_SCHEME);
  if (!isPrintable(text)) return fail("Bad character in URI");
  // A user part may hold ";", "?" and "/" as they are, but only escaped at signs (RFC 3261 §25.1): the first one ends it.
  const at = text.indexOf("@", colon);
  const user = at === -1 ? undefined : withoutPassword(text.slice(colon + 1, at));
  if (user === "") return fail("Empty user in URI");
  const rest = readRest(text.slice(at === -1 ? colon + 1 : at + 1));
  return rest.ok ? ok({ scheme, user, ...rest.value }) : rest;
}

/** "host:port;parameters?headers". */
function readRest(text: string): Result<Omit<SipUri, "scheme" | "user">, string> {
  const question = text.indexOf("?");
  const headers = question === -1 ? "" : text.slice(question + 1);
  const [hostPort = "", ...parameterTexts] = (question === -1 ? text : text.slice(0, question)).split(";");
  const address = parseHostPort(hostPort);
  if (address === undefined) return fail("Bad host in URI");
  if (parameterTexts.length > URI_PARAMETERS_MAX) return fail("Too many URI parameters");
  return ok({ host: address.host, port: address.port, parameters: uriParameters(parameterTexts), headers });
}

function withoutPassword(userInfo: string): string {
  const colon = userInfo.indexOf(":");
  return colon === -1 ? userInfo : userInfo.slice(0, colon);
}

const HOST_PORT = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,255}))(?::(\d{1,5}))?$/;

/** "host", "host:port" or "[v6]:port"; undefined when it is neither. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const match = HOST_PORT.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? undefined : Number(match[3]);
  if (port !== undefined && port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? "", port };
}

/** "host:port" with IPv6 in brackets. */
export function formatHostPort(host: string, port: number): string {
  return `${formatHost(host)}:${port}`;
}

/** A name or address as URIs have it: IPv6 in brackets. */
export function formatHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

function uriParameters(texts: readonly string[]): ReadonlyMap<string, string> {
  if (texts.length === 0) return NO_PARAMETERS;
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
  if (!user.includes("%")) return user;
  return user.replace(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Are two URIs, as written, the same? What cannot be read is only the same as itself. */
export function isSameAddress(left: string, right: string): boolean {
  if (left === right) return true;
  const [leftUri, rightUri] = [parseUri(left), parseUri(right)];
  return leftUri.ok && rightUri.ok && sameUri(leftUri.value, rightUri.value);
}

/**
 * Are two URIs the same by RFC 3261 §19.1.4? The user is case-sensitive, the rest is not. Unlike there, the default port equals no port
 * (S-28): phones write it or not as they please.
 */
export function sameUri(left: SipUri, right: SipUri): boolean {
  return (
    left.scheme === right.scheme &&
    (left.user === undefined) === (right.user === undefined) &&
    decodeUser(left.user ?? "") === decodeUser(right.user ?? "") &&
    left.host.toLowerCase() === right.host.toLowerCase() &&
    portOf(left) === portOf(right) &&
    sameParameters(left.parameters, right.parameters) &&
    sortedHeaders(left) === sortedHeaders(right)
  );
}

/** Parameters that both or neither must have; any other one counts only where both have it. */
const SIGNIFICANT = new Set(["transport", "user", "ttl", "method", "maddr"]);

function sameParameters(left: SipUri["parameters"], right: SipUri["parameters"]): boolean {
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const values = [left.get(name), right.get(name)];
    const isOptional = !SIGNIFICANT.has(name) && values.includes(undefined);
    if (!isOptional && decodeParameter(values[0]) !== decodeParameter(values[1])) return false;
  }
  return true;
}

function decodeParameter(value: string | undefined): string | undefined {
  return value === undefined ? undefined : decodeUser(value).toLowerCase();
}

function sortedHeaders({ headers }: SipUri): string {
  if (headers === "") return headers;
  const decoded = headers.split("&").map((part) => decodeUser(part).toLowerCase());
  // An escaped "&" is part of a value and must not look like one that divides.
  return JSON.stringify(decoded.sort());
}

function portOf(uri: SipUri): number {
  return uri.port ?? (uri.scheme === "sips" || uri.parameters.get("transport")?.toLowerCase() === "tls" ? 5061 : 5060);
}

function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // Blanks, controls, quotes, angle brackets and bytes above ASCII must be escaped in a URI.
    if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x3c || code === 0x3e) return false;
  }
  return true;
}
