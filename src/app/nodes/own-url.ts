import { networkInterfaces } from "node:os";

const WILDCARDS: readonly string[] = ["0.0.0.0", "::"];
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/**
 * Where other nodes reach this one's HTTP: the address that it is bound to, when that is one of its own. Otherwise the advertised host, which
 * may be that of a proxy before all of them, else the first address that leads outside.
 */
export function ownUrl(bound: string, port: number, advertise: string | undefined): string {
  const isWildcard = WILDCARDS.includes(bound);
  const own = isWildcard || LOOPBACK.test(bound) ? undefined : bound;
  const host = own ?? advertise ?? (isWildcard ? outsideAddress() : bound);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function outsideAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
