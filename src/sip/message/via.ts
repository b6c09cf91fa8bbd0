import type { Via } from "./message.ts";
import { parameterOf } from "./parameters.ts";
import { isBlankCode, isToken, trimBlanks } from "./scan-text.ts";
import { parseHostPort } from "./uri.ts";

const PLAIN_START = "SIP/2.0/";
/** Blanks may stand around the slashes (RFC 3261 §25.1, RFC 4475 §3.1.1.1). */
const LOOSE_START = /^SIP[ \t]*\/[ \t]*2\.0[ \t]*\/[ \t]*/i;

/** Reads one Via value; undefined when it cannot be used. */
export function parseVia(text: string): Via | undefined {
  const transportAt = text.startsWith(PLAIN_START) ? PLAIN_START.length : (LOOSE_START.exec(text)?.[0].length ?? -1);
  if (transportAt === -1) return undefined;
  let transportEnd = transportAt;
  while (transportEnd < text.length && !isBlankCode(text.charCodeAt(transportEnd))) transportEnd += 1;
  const semicolon = text.indexOf(";", transportEnd);
  const parametersAt = semicolon === -1 ? text.length : semicolon;
  const address = parseHostPort(withoutBlanksAtColon(trimBlanks(text, transportEnd, parametersAt)));
  const transport = text.slice(transportAt, transportEnd);
  if (address === undefined || !isToken(transport)) return undefined;
  return {
    transport: transport === "UDP" ? transport : transport.toUpperCase(),
    host: address.host,
    port: address.port,
    branch: parameterOf(text, parametersAt, "branch"),
    rport: parameterOf(text, parametersAt, "rport") !== undefined,
    text,
  };
}

/** "host : 5060" is legal (RFC 4475 §3.1.1.1). Without a regular expression: on a long run of blanks it would try every start. */
function withoutBlanksAtColon(address: string): string {
  if (!address.includes(" ") && !address.includes("\t")) return address;
  const colon = address.lastIndexOf(":");
  if (colon === -1 || colon < address.lastIndexOf("]")) return address;
  return `${trimBlanks(address, 0, colon)}:${trimBlanks(address, colon + 1)}`;
}
