import { fail, ok, type Result } from "#base/result";
import type { AddressWithTag } from "./message.ts";
import { parameterOf, parseParameters, type Parameters } from "./parameters.ts";
import { indexOutside, isBlankCode, trimBlanks, unquote } from "./scan-text.ts";
import { splitList } from "./split-list.ts";

/** A name-addr or addr-spec with header parameters: From, To, Contact, Route, Record-Route, Path. */
export interface NameAddress {
  /** Display name without quotes, "" = none. */
  readonly name: string;
  /** As written. "*" for the Contact of RFC 3261 §10.2.2. */
  readonly uri: string;
  readonly parameters: Parameters;
}

/** Reads one value. Without angle brackets, parameters belong to the header (RFC 4475 §3.3.12). */
export function parseNameAddress(text: string): Result<NameAddress, string> {
  const span = locateUri(text);
  if (span === undefined) return fail("Bad address");
  return ok({
    name: unquote(trimBlanks(text, 0, span.nameEnd)),
    uri: text.slice(span.start, span.end),
    parameters: span.parametersAt === text.length ? NO_PARAMETERS : parseParameters(text.slice(span.parametersAt)),
  });
}

const NO_PARAMETERS: Parameters = new Map();

/** Reads a comma list of up to `max` values. */
export function parseNameAddressList(text: string, max: number): Result<NameAddress[], string> {
  const values = splitList(text);
  if (values.length > max) return fail("Too many values");
  const addresses: NameAddress[] = [];
  for (const value of values) {
    const address = parseNameAddress(value);
    if (!address.ok) return address;
    addresses.push(address.value);
  }
  return ok(addresses);
}

/** Reads From or To: on the way of every request, so only the URI and the tag are cut out. */
export function readAddressWithTag(text: string): AddressWithTag | undefined {
  const span = locateUri(text);
  if (span === undefined) return undefined;
  const tag = parameterOf(text, span.parametersAt, "tag");
  return { text, uri: text.slice(span.start, span.end), tag: tag === "" ? undefined : tag };
}

interface UriSpan {
  readonly nameEnd: number;
  readonly start: number;
  readonly end: number;
  /** The first semicolon of the header's own parameters, or the end of the text. */
  readonly parametersAt: number;
}

function locateUri(text: string): UriSpan | undefined {
  const open = indexOutside(text, "<");
  return open === -1 ? bareUri(text) : bracketedUri(text, open);
}

function bareUri(text: string): UriSpan | undefined {
  const semicolon = text.indexOf(";");
  const parametersAt = semicolon === -1 ? text.length : semicolon;
  // URI headers need brackets: without, nobody knows whose they are (RFC 3261 §20.10, RFC 4475 §3.1.2.13).
  const question = text.indexOf("?");
  if (question !== -1 && question < parametersAt) return undefined;
  return clean(text, { nameEnd: 0, start: 0, end: parametersAt, parametersAt });
}

function bracketedUri(text: string, open: number): UriSpan | undefined {
  const close = text.indexOf(">", open);
  if (close === -1) return undefined;
  let parametersAt = close + 1;
  while (isBlankCode(text.charCodeAt(parametersAt))) parametersAt += 1;
  if (parametersAt < text.length && text.charAt(parametersAt) !== ";") return undefined;
  return clean(text, { nameEnd: open, start: open + 1, end: close, parametersAt });
}

/** The span without blanks around its URI; undefined when there is no URI in it (empty, or with blanks, quotes or brackets inside). */
function clean(text: string, span: UriSpan): UriSpan | undefined {
  let { start, end } = span;
  while (start < end && isBlankCode(text.charCodeAt(start))) start += 1;
  while (end > start && isBlankCode(text.charCodeAt(end - 1))) end -= 1;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x22 || code === 0x3c || code === 0x3e) return undefined;
  }
  return start === end ? undefined : { ...span, start, end };
}
