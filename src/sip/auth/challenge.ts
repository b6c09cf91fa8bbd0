import type { DigestAlgorithm } from "#base/digest";
import { printDigest } from "#sip/message/auth-header";
import type { OutgoingHeader } from "#sip/transaction/user";

/** What a challenge says; `realm` as a binary string. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly stale: boolean;
  readonly algorithms: readonly DigestAlgorithm[];
}

/** Families that read the first challenge only and know MD5 only, and whoever does not say what it is (G-1). */
const MD5_ONLY = /^($|Polycom|Yealink|Grandstream|Cisco|Linksys|Sipura|snom|Aastra|Fanvil|Htek|Panasonic|SIPp)/i;
/** Those that give up at a challenge that is not MD5, wherever it stands. */
const MD5_OR_NOTHING = /^baresip v[01]\./i;

const SHA_FIRST: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];
const MD5_FIRST: readonly DigestAlgorithm[] = ["MD5", "SHA-256"];

/** The algorithms in the order this user agent can do something with. */
export function algorithmsFor(userAgent: string): readonly DigestAlgorithm[] {
  if (MD5_OR_NOTHING.test(userAgent)) return ["MD5"];
  return MD5_ONLY.test(userAgent) ? MD5_FIRST : SHA_FIRST;
}

/** One WWW-Authenticate per algorithm (RFC 8760 §2.4). */
export function challengeHeaders({ realm, nonce, stale, algorithms }: Challenge): OutgoingHeader[] {
  return algorithms.map((algorithm) => [
    "WWW-Authenticate",
    printDigest({ realm, nonce, algorithm: { raw: algorithm }, qop: "auth", ...(stale ? STALE : {}) }),
  ]);
}

const STALE = { stale: { raw: "true" } };
