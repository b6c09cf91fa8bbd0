import { toWire } from "#sip/message/wire-text";

/** A configured user as the user part of a URI: bytes that RFC 3261 §25.1 does not allow there are escaped. */
export function escapeUser(user: string): string {
  return toWire(user).replace(
    /[^A-Za-z0-9\-_.!~*'()&=+$,;?/%]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The URI of a monitored resource: as configured when it has a host, otherwise at the registrar (polycom.md §5.1). */
export function resourceUri(address: string, server: string): string {
  const bare = address.replace(/^sips?:/i, "");
  const at = bare.lastIndexOf("@");
  if (at === -1) return accountUri(bare, server);
  return `sip:${escapeUser(bare.slice(0, at))}@${bare.slice(at + 1)}`;
}

/** The URI of a user at a server, the server without its port. */
export function accountUri(user: string, server: string): string {
  const host = server.includes(":") && !server.startsWith("[") ? `[${server}]` : server;
  return `sip:${escapeUser(user)}@${host}`;
}
