import { isIP } from "node:net";

/** An address as its 4 or 16 bytes; undefined: it is none. A zone is not part of it. */
export function addressBytes(address: string): Buffer | undefined {
  const version = isIP(address);
  if (version === 4) return Buffer.from(address.split(".").map(Number));
  if (version === 0) return undefined;
  // URLs write addresses in one form, without an IPv4 part.
  const { hostname } = new URL(`http://[${address.split("%")[0] ?? ""}]`);
  const [left = "", right = ""] = hostname.slice(1, -1).split("::");
  const [first, last] = [groupsOf(left), groupsOf(right)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return Buffer.from([...first, ...zeros, ...last].map((group) => group.padStart(4, "0")).join(""), "hex");
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
