import { indexOutside, trimBlanks } from "./scan-text.ts";

/** Most values cut from one header line; the rest is dropped. */
const VALUES_MAX = 256;

/** Values of a comma list, trimmed, empty ones left out. Commas in quotes and angle brackets do not split. */
export function splitList(text: string, separator = ","): string[] {
  const values: string[] = [];
  let start = 0;
  while (start <= text.length && values.length < VALUES_MAX) {
    const found = indexOutside(text, separator, start);
    const end = found === -1 ? text.length : found;
    const value = trimBlanks(text, start, end);
    if (value !== "") values.push(value);
    start = end + 1;
  }
  return values;
}
