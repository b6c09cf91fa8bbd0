import { indexOutside, trimBlanks, unquote } from "./scan-text.ts";
import { splitList } from "./split-list.ts";

/** Header parameters by lower-case name; a parameter without value has "". Quotes are taken off. The first of a name counts. */
export type Parameters = ReadonlyMap<string, string>;

/** Reads ";a=1;b" (the leading semicolon may be missing). */
export function parseParameters(text: string): Parameters {
  const parameters = new Map<string, string>();
  for (const part of splitList(text, ";")) addParameter(parameters, part);
  return parameters;
}

/** Reads "a = 1" into `parameters`, unless the name is there already. */
export function addParameter(parameters: Map<string, string>, part: string): void {
  const equals = part.indexOf("=");
  const name = trimBlanks(part, 0, equals === -1 ? part.length : equals).toLowerCase();
  const value = equals === -1 ? "" : unquote(trimBlanks(part, equals + 1));
  if (name !== "" && !parameters.has(name)) parameters.set(name, value);
}

/** One parameter (lower-case name) without reading the others; `start` is the first semicolon. "" = no value, undefined = not there. */
export function parameterOf(text: string, start: number, name: string): string | undefined {
  let at = start;
  let equals = start;
  while (at < text.length) {
    const found = indexOutside(text, ";", at + 1);
    const end = found === -1 ? text.length : found;
    // Looked for once per equals sign, not once per parameter: a run of semicolons costs no square.
    if (equals !== -1 && equals <= at) equals = text.indexOf("=", at + 1);
    const nameEnd = equals === -1 || equals > end ? end : equals;
    if (nameEnd - at > name.length && trimBlanks(text, at + 1, nameEnd).toLowerCase() === name) {
      return nameEnd === end ? "" : unquote(trimBlanks(text, nameEnd + 1, end));
    }
    at = end;
  }
  return undefined;
}
