const GROUPS = 8;
/** Half of an address: a /64 belongs to one customer. */
const BLOCK_GROUPS = 4;
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Whom failures of an address are booked to: an IPv4 address itself, the /64 of an IPv6 one. */
export function sourceBlock(host: string): string {
  if (!host.includes(":")) return host;
  const mapped = MAPPED_IPV4.exec(host)?.[1];
  if (mapped !== undefined) return mapped;
  const [address = ""] = host.toLowerCase().split("%");
  const [front = "", back] = address.split("::");
  const [before, after] = [groupsOf(front), groupsOf(back ?? "")];
  const zeros = back === undefined ? 0 : Math.max(0, GROUPS - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return groups.slice(0, BLOCK_GROUPS).join(":");
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":").map((group) => group.replace(/^0+(?=.)/, ""));
}
