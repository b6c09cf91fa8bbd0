import { parseParameters, type Parameters } from "./parameters.ts";
import { quote } from "./scan-text.ts";
import { splitList } from "./split-list.ts";

/** Parameters of a Digest challenge or answer by lower-case name, quotes taken off; undefined when the scheme is another one. */
export function parseDigest(text: string): Parameters | undefined {
  const match = /^digest\s+/i.exec(text);
  if (match === null) return undefined;
  // Comma separated here, semicolon separated elsewhere; commas in quotes do not split.
  const parameters = new Map<string, string>();
  for (const part of splitList(text.slice(match[0].length))) {
    for (const [name, value] of parseParameters(part)) if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** `Digest a="1", b=2`. Values given as {raw} stand without quotes (algorithm, nc, qop of answers, stale). */
export function printDigest(parameters: Readonly<Record<string, string | { readonly raw: string }>>): string {
  const parts = Object.entries(parameters).map(
    ([name, value]) => `${name}=${typeof value === "string" ? quote(value) : value.raw}`,
  );
  return `Digest ${parts.join(", ")}`;
}
