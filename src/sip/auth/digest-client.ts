import { digestResponse, hashHex, type DigestAlgorithm } from "#base/digest";
import type { Random } from "#base/random";
import { parseDigest, printDigest } from "#sip/message/auth-header";

/** Who we are, as binary strings. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

interface Challenge {
  readonly algorithm: DigestAlgorithm;
  /** As the server wrote it, "" = not at all. */
  readonly algorithmText: string;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly qop: "auth" | undefined;
}

const CNONCE_BITS = 64;

/**
 * The client's half of digest authentication (RFC 7616): keeps the last challenge and counts its uses, so that only the first request
 * costs a round trip.
 */
export class DigestClient {
  readonly #credentials: Credentials;
  readonly #random: Random;
  readonly #algorithms: readonly DigestAlgorithm[];
  #challenge: Challenge | undefined;
  #uses = 0;

  /** `algorithms`: what this phone knows; old ones know MD5 only. */
  constructor(credentials: Credentials, random: Random, algorithms: readonly DigestAlgorithm[] = ["MD5", "SHA-256"]) {
    this.#credentials = credentials;
    this.#random = random;
    this.#algorithms = algorithms;
  }

  /** The nonce in use. */
  get nonce(): string | undefined {
    return this.#challenge?.nonce;
  }

  /**
   * Takes the challenges of a 401 or 407 in their order and keeps the first one it can answer. False: there is none, or the server refused
   * an answer to a nonce that was not stale, which means a wrong password.
   */
  accept(headers: readonly string[], hadAnswered: boolean): boolean {
    for (const header of headers) {
      const parameters = parseDigest(header);
      const challenge = parameters === undefined ? undefined : this.#read(parameters);
      if (parameters === undefined || challenge === undefined) continue;
      const isStale = parameters.get("stale")?.toLowerCase() === "true";
      if (hadAnswered && !isStale) return false;
      this.#challenge = challenge;
      this.#uses = 0;
      return true;
    }
    return false;
  }

  /** The value of Authorization for a request; undefined before the first challenge. */
  answer(method: string, uri: string): string | undefined {
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    this.#uses += 1;
    return printAnswer(challenge, this.#credentials, {
      method,
      uri,
      nc: this.#uses.toString(16).padStart(8, "0"),
      cnonce: this.#random.token(CNONCE_BITS),
    });
  }

  #read(parameters: ReadonlyMap<string, string>): Challenge | undefined {
    const [realm, nonce] = [parameters.get("realm"), parameters.get("nonce")];
    const algorithmText = parameters.get("algorithm") ?? "";
    const algorithm = this.#algorithms.find((name) => name === (algorithmText === "" ? "MD5" : algorithmText.toUpperCase()));
    if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
    const offered = parameters.get("qop");
    const qops = offered?.split(",").map((word) => word.trim().toLowerCase());
    if (qops?.includes("auth") === false) return undefined;
    return {
      algorithm,
      algorithmText,
      realm,
      nonce,
      opaque: parameters.get("opaque"),
      qop: qops === undefined ? undefined : "auth",
    };
  }
}

/** One answer to a challenge, as the value of the header. */
export function printAnswer(
  challenge: Challenge,
  credentials: Credentials,
  use: { readonly method: string; readonly uri: string; readonly nc: string; readonly cnonce: string },
): string {
  const { algorithm, realm, nonce, qop } = challenge;
  const ha1 = hashHex(algorithm, `${credentials.user}:${realm}:${credentials.password}`);
  const qopParts = qop === undefined ? {} : { qop, nc: use.nc, cnonce: use.cnonce };
  const response = digestResponse(algorithm, ha1, { method: use.method, uri: use.uri, nonce, ...qopParts });
  return printDigest({
    username: credentials.user,
    realm,
    nonce,
    uri: use.uri,
    response,
    ...(challenge.algorithmText === "" ? {} : { algorithm: { raw: challenge.algorithmText } }),
    ...(qop === undefined ? {} : { qop: { raw: qop }, nc: { raw: use.nc }, cnonce: use.cnonce }),
    ...(challenge.opaque === undefined ? {} : { opaque: challenge.opaque }),
  });
}
