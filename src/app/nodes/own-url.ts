import { networkInterfaces } from "node:os";

/** Where other nodes reach this one's HTTP: the advertised host, else the bound one, else the first address that leads outside. */
export function ownUrl(bound: string, port: number, advertise: string | undefined): string {
  const isWildcard = bound === "0.0.0.0" || bound === "::";
  const host = advertise ?? (isWildcard ? outsideAddress() : bound);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function outsideAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}
