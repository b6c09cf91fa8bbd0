import { addParameter, type Parameters } from "./parameters.ts";
import { quote } from "./scan-text.ts";
import { splitList } from "./split-list.ts";

/** Parameters of a Digest challenge or answer by lower-case name, quotes taken off; undefined when the scheme is another one. */
export function parseDigest(text: string): Parameters | undefined {
  const match = /^digest[ \t]+/i.exec(text);
  if (match === null) return undefined;
  const parameters = new Map<string, string>();
  for (const part of splitList(text.slice(match[0].length))) addParameter(parameters, part);
  return parameters;
}

/** `Digest a="1", b=2`. Values given as {raw} stand without quotes (algorithm, nc, qop of answers, stale). */
export function printDigest(parameters: Readonly<Record<string, string | { readonly raw: string }>>): string {
  const parts = Object.entries(parameters).map(
    ([name, value]) => `${name}=${typeof value === "string" ? quote(value) : value.raw}`,
  );
  return `Digest ${parts.join(", ")}`;
}
