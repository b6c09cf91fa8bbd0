import { fail, ok, type Result } from "#base/result";
import { parseParameters, type Parameters } from "./parameters.ts";
import { indexOutside, unquote } from "./scan-text.ts";
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
  const open = findAngle(text);
  if (open === -1) {
    const semicolon = text.indexOf(";");
    const uri = (semicolon === -1 ? text : text.slice(0, semicolon)).trim();
    if (uri === "" || /[\s"<>]/.test(uri)) return fail("Bad address");
    return ok({ name: "", uri, parameters: semicolon === -1 ? NO_PARAMETERS : parseParameters(text.slice(semicolon)) });
  }
  const close = text.indexOf(">", open);
  if (close === -1) return fail("Unclosed angle bracket");
  const uri = text.slice(open + 1, close).trim();
  const rest = text.slice(close + 1).trim();
  if (uri === "" || /[\s"<]/.test(uri) || (rest !== "" && !rest.startsWith(";"))) return fail("Bad address");
  return ok({ name: unquote(text.slice(0, open).trim()), uri, parameters: rest === "" ? NO_PARAMETERS : parseParameters(rest) });
}

const NO_PARAMETERS: Parameters = new Map();

/** The "<" outside a quoted display name. */
function findAngle(text: string): number {
  return text.includes("<") ? indexOutside(text, "<") : -1;
}

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
