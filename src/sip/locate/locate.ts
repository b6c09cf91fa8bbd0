import { isIP } from "node:net";
import type { Random } from "#base/random";
import { isDeviceAddress } from "#sip/message/contact-address";
import { parseUri } from "#sip/message/uri";
import type { TransportName } from "#sip/transport/flow";
import type { Dns, ServiceRecord } from "./dns.ts";
import { orderServers, type ServerRecord } from "./order.ts";

/** Transports that we open connections of. */
export type OutgoingTransport = Extract<TransportName, "udp" | "tcp" | "tls">;

/** Where a request may be sent: what Transports.connect takes. */
export interface Target {
  readonly transport: OutgoingTransport;
  /** An address. */
  readonly host: string;
  readonly port: number;
  /** The name that a TLS peer must show: of the domain, never of what DNS made of it (RFC 5922 §4). */
  readonly tlsName: string;
}

/** What is looked for: a URI's parts. */
export interface Wanted {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly transport?: OutgoingTransport;
  /** A sips URI: only TLS will do. */
  readonly isSecure?: boolean;
}

export interface LocateParts {
  readonly dns: Dns;
  readonly random: Random;
  /** What this node has listeners of. */
  readonly transports: () => readonly TransportName[];
}

/** More places than these are not tried. */
const TARGETS_MAX = 16;
const SERVERS_MAX = 8;
const PORTS: Readonly<Record<OutgoingTransport, number>> = { udp: 5060, tcp: 5060, tls: 5061 };
/** In the order that we like them in: where neither URI nor DNS says one. */
const OUTGOING: readonly OutgoingTransport[] = ["udp", "tcp", "tls"];
const SERVICES = new Map<string, OutgoingTransport>([
  ["sip+d2u", "udp"],
  ["sip+d2t", "tcp"],
  ["sips+d2t", "tls"],
]);
const SRV_PREFIX: Readonly<Record<OutgoingTransport, string>> = { udp: "_sip._udp.", tcp: "_sip._tcp.", tls: "_sips._tcp." };

/** The parts of a URI that say where it leads; undefined: it is none, or asks for a transport that we do not go out by. */
export function wantedOf(uri: string): Wanted | undefined {
  const parsed = parseUri(uri);
  if (!parsed.ok) return undefined;
  const { scheme, host, port, parameters } = parsed.value;
  const written = parameters.get("transport")?.toLowerCase();
  const transport = OUTGOING.find((name) => name === written);
  if (written !== undefined && transport === undefined) return undefined;
  const maddr = parameters.get("maddr");
  return {
    host: maddr === undefined || maddr === "" ? host : maddr.replace(/^\[|\]$/g, ""),
    ...(port === undefined ? {} : { port }),
    ...(transport === undefined ? {} : { transport }),
    ...(scheme === "sips" ? { isSecure: true } : {}),
  };
}

/** The places to try in order (RFC 3263 §4); none: there is no way. Never rejects. */
export async function locate(wanted: Wanted, parts: LocateParts): Promise<readonly Target[]> {
  const own = new Set(parts.transports());
  const allowed = OUTGOING.filter((name) => own.has(name) && isAllowed(name, wanted));
  if (allowed.length === 0 || wanted.host === "") return [];
  const targets =
    isIP(wanted.host) !== 0 || wanted.port !== undefined
      ? await atPort(wanted, allowed, parts)
      : await byRecords(wanted, allowed, parts);
  return targets.filter(isDeviceAddress).slice(0, TARGETS_MAX);
}

function isAllowed(name: OutgoingTransport, { transport, isSecure }: Wanted): boolean {
  if (isSecure === true) return name === "tls";
  return transport === undefined || transport === name;
}

/** An address, or a port that is written: no record is asked for. */
async function atPort(wanted: Wanted, allowed: readonly OutgoingTransport[], parts: LocateParts): Promise<Target[]> {
  const [transport = "udp"] = allowed;
  const hosts = isIP(wanted.host) === 0 ? await addressesOf(wanted.host, parts.dns) : [wanted.host];
  return hosts.map((host) => ({ transport, host, port: wanted.port ?? PORTS[transport], tlsName: wanted.host }));
}

async function byRecords(wanted: Wanted, allowed: readonly OutgoingTransport[], parts: LocateParts): Promise<Target[]> {
  const services = wanted.transport === undefined ? servicesFor(await parts.dns.services(wanted.host), allowed) : [];
  const names =
    services.length > 0 ? services : allowed.map((transport) => ({ transport, name: `${SRV_PREFIX[transport]}${wanted.host}` }));
  const found: Target[] = [];
  // One after the other: each is a question that the ones before may have made needless.
  for (const { transport, name } of names) {
    if (found.length >= TARGETS_MAX) break;
    found.push(...(await atServers(await parts.dns.servers(name), { transport, tlsName: wanted.host }, parts)));
  }
  return found.length > 0 ? found : atPort(wanted, allowed, parts);
}

async function atServers(
  records: readonly ServerRecord[],
  { transport, tlsName }: Pick<Target, "transport" | "tlsName">,
  { dns, random }: LocateParts,
): Promise<Target[]> {
  // A lone root as target says that there is no such service (RFC 2782).
  const servers = orderServers(
    records.filter(({ name, port }) => name !== "" && name !== "." && port > 0),
    random,
  ).slice(0, SERVERS_MAX);
  const targets = servers.map(async ({ name, port }) =>
    (await addressesOf(name, dns)).map((host) => ({ transport, host, port, tlsName })),
  );
  return (await Promise.all(targets)).flat();
}

function servicesFor(
  records: readonly ServiceRecord[],
  allowed: readonly OutgoingTransport[],
): { readonly transport: OutgoingTransport; readonly name: string }[] {
  return [...records]
    .sort((left, right) => rankOf(left) - rankOf(right))
    .flatMap(({ flags, service, replacement }) => {
      const transport = SERVICES.get(service.toLowerCase());
      const isUsable =
        transport !== undefined && allowed.includes(transport) && flags.toLowerCase() === "s" && replacement !== "";
      return isUsable ? [{ transport, name: replacement }] : [];
    })
    .slice(0, SERVERS_MAX);
}

/** Order before preference, both of 16 bits. */
function rankOf({ order, preference }: ServiceRecord): number {
  return order * 0x10000 + preference;
}

/** IPv4 first: more networks have it than have IPv6 that works. */
async function addressesOf(name: string, dns: Dns): Promise<readonly string[]> {
  if (isIP(name) !== 0) return [name];
  const [four, six] = await Promise.all([dns.addresses(name, 4), dns.addresses(name, 6)]);
  return [...four, ...six];
}
