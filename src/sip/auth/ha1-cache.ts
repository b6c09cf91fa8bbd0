import { hashHex, type DigestAlgorithm } from "#base/digest";
import { toWire } from "#sip/message/wire-text";

/** What digest needs of an account. */
export interface Credential {
  readonly account: string;
  readonly secret?: string;
  /** MD5 of "user:realm:secret"; answers by SHA-256 cannot be checked against it. */
  readonly md5secret?: string;
}

/** Entries: two a known account. Beyond it the accounts have changed many times over. */
const ENTRIES_MAX = 200_000;

interface Entry {
  readonly secret: string;
  readonly realm: string;
  readonly ha1: string;
}

/** Whose HA1 is wanted; binary strings. */
export interface Ha1Question {
  readonly algorithm: DigestAlgorithm;
  /** As written in the answer, with @domain if there was one. */
  readonly username: string;
  readonly realm: string;
}

/** HA1s of accounts, hashed once per account and algorithm. Whoever has none costs the same work (G-9). */
export class Ha1Cache {
  readonly #entries = new Map<string, Entry>();
  readonly #decoySecret: string;

  /** `decoySecret`: nobody's, and nobody knows it. */
  constructor(decoySecret: string) {
    this.#decoySecret = decoySecret;
  }

  /** The HA1 to compare with; `isReal` false: nothing made with it may pass. */
  of(question: Ha1Question, credential: Credential | undefined): { readonly ha1: string; readonly isReal: boolean } {
    const { secret, md5secret } = credential ?? {};
    // An empty secret authenticates nobody (design §9.17).
    if (secret !== undefined && secret !== "")
      return { ha1: this.#hash(question, question.username, toWire(secret)), isReal: true };
    const decoy = this.#hash(question, "", this.#decoySecret);
    const isUsable = secret === undefined && question.algorithm === "MD5" && md5secret !== undefined && MD5_HEX.test(md5secret);
    return isUsable ? { ha1: md5secret.toLowerCase(), isReal: true } : { ha1: decoy, isReal: false };
  }

  #hash({ algorithm, username, realm }: Ha1Question, entryName: string, secret: string): string {
    const text = `${username}:${realm}:${secret}`;
    // Only the plain name is worth an entry: what stands behind an at sign is the peer's to choose.
    if (username.includes("@")) return hashHex(algorithm, text);
    const key = `${algorithm} ${entryName}`;
    const known = this.#entries.get(key);
    if (known?.secret === secret && known.realm === realm) return known.ha1;
    if (this.#entries.size >= ENTRIES_MAX) this.#entries.clear();
    const ha1 = hashHex(algorithm, text);
    this.#entries.set(key, { secret, realm, ha1 });
    return ha1;
  }
}

const MD5_HEX = /^[0-9a-f]{32}$/i;
