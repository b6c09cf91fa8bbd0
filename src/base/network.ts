import { BlockList, isIP } from "node:net";

/** A block of addresses: "192.168.0.0/16" in its parts. */
export interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;
/** Bits before the IPv4 address in an IPv4-mapped one (RFC 4291 §2.5.5.2). */
const MAPPED_BITS = 96;
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** Reads `ADDRESS` or `ADDRESS/BITS`; an IPv4-mapped block is the IPv4 one. undefined: it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [, written = "", bits] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = written.replace(MAPPED, "");
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 6 ? IPV6_BITS : IPV4_BITS;
  const before = address === written ? 0 : MAPPED_BITS;
  const count = Number(bits ?? before + most) - before;
  return count < 0 || count > most ? undefined : { address, bits: count, family: version === 6 ? "ipv6" : "ipv4" };
}

/** Tells whether an address lies in one of the networks. IPv4-mapped addresses are IPv4, zones are not looked at; a name lies in none. */
export function insideOf(networks: readonly Network[]): (host: string) => boolean {
  // One list for each kind: a single one takes every IPv4 address for a mapped one, so that ::/0 would hold them all.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const { address, bits, family } of networks) lists[family].addSubnet(address, bits, family);
  return (host) => {
    const [address = ""] = host.replace(MAPPED, "").split("%");
    const version = isIP(address);
    if (version === 0) return false;
    return version === 6 ? lists.ipv6.check(address, "ipv6") : lists.ipv4.check(address);
  };
}
