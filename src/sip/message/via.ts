import type { Via } from "./message.ts";
import { parseHostPort } from "./uri.ts";
import { parseParameters } from "./parameters.ts";

/** Reads one Via value; undefined when it cannot be used. */
export function parseVia(text: string): Via | undefined {
  const semicolon = text.indexOf(";");
  const head = (semicolon === -1 ? text : text.slice(0, semicolon)).trim();
  const match = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]{1,10})\s+(\S(?:.*\S)?)$/i.exec(head);
  const address = match === null ? undefined : parseHostPort((match[2] ?? "").replace(/\s*:\s*/, ":"));
  if (match === null || address === undefined) return undefined;
  const parameters = parseParameters(semicolon === -1 ? "" : text.slice(semicolon));
  return {
    transport: (match[1] ?? "").toUpperCase(),
    ...address,
    branch: parameters.get("branch"),
    rport: parameters.has("rport"),
    text,
  };
}
