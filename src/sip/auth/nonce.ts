import { hmacHex, sameSecret } from "#base/digest";

/** How long a nonce is good, ms (G-3); older ones with the right password get `stale`. */
export const NONCE_LIFE_MS = 300_000;

const MAC_CHARS = 32;

/** What a nonce tells. */
export type NonceVerdict = "fresh" | "stale" | "foreign";

/** time-random-mac in hexadecimal: nothing is kept for it (C-33), every node of a store can check it. `key` is the store's. */
export function makeNonce(key: string, now: number, random: string): string {
  const head = `${now.toString(16)}-${random}`;
  return `${head}-${hmacHex(key, head).slice(0, MAC_CHARS)}`;
}

/** Is this nonce ours, and still good? */
export function judgeNonce(key: string, now: number, nonce: string): NonceVerdict {
  const match = /^([0-9a-f]{1,14})-([0-9a-f]{1,64})-([0-9a-f]{32})$/.exec(nonce);
  if (match === null) return "foreign";
  const head = `${match[1] ?? ""}-${match[2] ?? ""}`;
  if (!sameSecret(hmacHex(key, head).slice(0, MAC_CHARS), match[3] ?? "")) return "foreign";
  const ageMs = now - Number.parseInt(match[1] ?? "0", 16);
  return ageMs < NONCE_LIFE_MS ? "fresh" : "stale";
}
