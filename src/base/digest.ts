import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Hash names of digest authentication (RFC 7616 §3.3, RFC 8760). */
export type DigestAlgorithm = "MD5" | "SHA-256";

/** Hash of a binary string, in lower-case hexadecimal. */
export function hashHex(algorithm: DigestAlgorithm, text: string): string {
  return createHash(algorithm === "MD5" ? "md5" : "sha256").update(text, "latin1").digest("hex");
}

/** HMAC-SHA256 in lower-case hexadecimal. */
export function hmacHex(key: string, text: string): string {
  return createHmac("sha256", key).update(text, "latin1").digest("hex");
}

/** Compares without telling by its time where two strings differ. */
export function sameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "latin1"), Buffer.from(right, "latin1")];
  if (a.length === b.length) return timingSafeEqual(a, b);
  timingSafeEqual(a, a);
  return false;
}

/** The answer to a digest challenge (RFC 7616 §3.4.1), for servers that check it and clients that give it. */
export function digestResponse(
  algorithm: DigestAlgorithm,
  ha1: string,
  parts: { readonly method: string; readonly uri: string; readonly nonce: string; readonly qop?: string; readonly nc?: string; readonly cnonce?: string; readonly body?: string },
): string {
  const entity = parts.qop === "auth-int" ? `:${hashHex(algorithm, parts.body ?? "")}` : "";
  const ha2 = hashHex(algorithm, `${parts.method}:${parts.uri}${entity}`);
  const middle = parts.qop === undefined ? parts.nonce : `${parts.nonce}:${parts.nc ?? ""}:${parts.cnonce ?? ""}:${parts.qop}`;
  return hashHex(algorithm, `${ha1}:${middle}:${ha2}`);
}
