import { fail, ok, type Result } from "#base/result";
import { parseParameters, type Parameters } from "./parameters.ts";
import { isToken, trimBlanks } from "./scan-text.ts";

/** An Event header (RFC 6665 §8.2.1): package and id identify a usage. */
export interface EventHeader {
  readonly package: string;
  readonly id: string | undefined;
  readonly parameters: Parameters;
}

const PACKAGE_MAX_BYTES = 64;

/** Drafts of shared lines and RFC 7463 made packages of their own by a parameter (presence.md §6.2): taken as plain "dialog" they would mislead. */
const VARIANTS = ["sla", "ma", "shared"];

/** The package that is really meant: "dialog;shared" is another one than "dialog". */
export function packageName(event: EventHeader): string {
  const variant = VARIANTS.find((name) => event.parameters.has(name));
  return variant === undefined ? event.package : `${event.package};${variant}`;
}

/** Reads an Event header. */
export function parseEvent(text: string): Result<EventHeader, string> {
  const semicolon = text.indexOf(";");
  const name = trimBlanks(text, 0, semicolon === -1 ? text.length : semicolon);
  if (!isToken(name) || name.length > PACKAGE_MAX_BYTES) return fail("Bad Event");
  const parameters = parseParameters(semicolon === -1 ? "" : text.slice(semicolon));
  const id = parameters.get("id");
  if (id !== undefined && !isToken(id)) return fail("Bad Event id");
  return ok({ package: name.toLowerCase(), id, parameters });
}
