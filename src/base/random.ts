/** Randomness as the product sees it. Tests give a seeded one; the system one is base/system-random.ts. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(count: number): Uint8Array;
  /** A whole number from 0 up to, not including, `below`. Not for secrets. */
  below(below: number): number;
  /** `bits` of randomness written in lower-case hexadecimal (a token by RFC 3261 and safe in URLs and XML ids). */
  token(bits: number): string;
}
