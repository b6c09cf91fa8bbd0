import type { AccountTransport } from "#domain/site/account";
import { parseHost, type HostAndPort } from "./account-values.ts";
import { written } from "../options/section-options.ts";

/** A SIP URI of a file, as far as a site needs it. */
export interface PjsipUri extends HostAndPort {
  readonly user?: string;
  readonly transport?: AccountTransport;
}

const TRANSPORTS = new Map<string, AccountTransport>([
  ["udp", "udp"],
  ["tcp", "tcp"],
  ["tls", "tls"],
  ["ws", "ws"],
  ["wss", "wss"],
]);

/** Reads `sip:user@host:port;transport=tcp`, in angle brackets or not; a `\;` is a `;`. undefined: it is no SIP URI. */
export function parsePjsipUri(text: string): PjsipUri | undefined {
  const [, scheme, address = ""] = /^<?(sips?):([^>]*)>?$/i.exec(text.trim()) ?? [];
  if (scheme === undefined) return undefined;
  const [front = "", ...parameters] = address.replaceAll("\\;", ";").split(";");
  const at = front.lastIndexOf("@");
  const place = parseHost(front.slice(at + 1).replace(/\?.*$/, ""));
  if (place === undefined) return undefined;
  const [user = ""] = front.slice(0, Math.max(0, at)).split(":");
  const named = parameters.map((parameter) => /^transport=(\w+)$/i.exec(parameter.trim())?.[1]?.toLowerCase() ?? "");
  const transport = named.map((name) => TRANSPORTS.get(name)).find((known) => known !== undefined);
  return {
    ...place,
    ...written({
      user: user === "" ? undefined : user,
      transport: transport ?? (scheme.toLowerCase() === "sips" ? ("tls" as const) : undefined),
    }),
  };
}
