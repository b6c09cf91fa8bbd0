import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** Hash names of digest authentication (RFC 7616 §3.3, RFC 8760). */
export type DigestAlgorithm = "MD5" | "SHA-256";

const HASH_NAMES: Readonly<Record<DigestAlgorithm, string>> = { MD5: "md5", "SHA-256": "sha256" };

/** Hash of a binary string, in lower-case hexadecimal. */
export function hashHex(algorithm: DigestAlgorithm, text: string): string {
  return hash(HASH_NAMES[algorithm], Buffer.from(text, "latin1"), "hex");
}

/** HMAC-SHA256 in lower-case hexadecimal. */
export function hmacHex(key: string, text: string): string {
  return createHmac("sha256", key).update(text, "latin1").digest("hex");
}

/** Compares without telling by its time where two strings differ. */
export function sameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "utf8"), Buffer.from(right, "utf8")];
  if (a.length === b.length) return timingSafeEqual(a, b);
  timingSafeEqual(a, a);
  return false;
}

/** What a digest answer is made of beside the secret; binary strings as they stand in the header. */
export interface DigestParts {
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** undefined: an answer by RFC 2069. */
  readonly qop?: string | undefined;
  readonly nc?: string;
  readonly cnonce?: string;
  /** Counts for auth-int only. */
  readonly body?: string;
}

/** The answer to a digest challenge (RFC 7616 §3.4.1), for servers that check it and clients that give it. */
export function digestResponse(algorithm: DigestAlgorithm, ha1: string, parts: DigestParts): string {
  const entity = parts.qop?.toLowerCase() === "auth-int" ? `:${hashHex(algorithm, parts.body ?? "")}` : "";
  const ha2 = hashHex(algorithm, `${parts.method}:${parts.uri}${entity}`);
  const middle = parts.qop === undefined ? parts.nonce : `${parts.nonce}:${parts.nc ?? ""}:${parts.cnonce ?? ""}:${parts.qop}`;
  return hashHex(algorithm, `${ha1}:${middle}:${ha2}`);
}
