import { splitList } from "./split-list.ts";
import { unquote } from "./scan-text.ts";

/** Header parameters by lower-case name; a parameter without value has "". Quotes are taken off. The first of a name counts. */
export type Parameters = ReadonlyMap<string, string>;

/** Reads ";a=1;b" (the leading semicolon may be missing). */
export function parseParameters(text: string): Parameters {
  const parameters = new Map<string, string>();
  for (const part of splitList(text, ";")) {
    const equals = part.indexOf("=");
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals === -1 ? "" : unquote(part.slice(equals + 1).trim());
    if (name !== "" && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}
