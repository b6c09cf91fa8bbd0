import type { Clock } from "#base/clock";
import { digestResponse, hashHex, sameSecret, type DigestAlgorithm } from "#base/digest";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { parseDigest, printDigest } from "#sip/message/auth-header";
import { headerOf, headersOf, type SipRequest } from "#sip/message/message";
import type { Parameters } from "#sip/message/parameters";
import { decodeUser, parseUri } from "#sip/message/uri";
import { toWire } from "#sip/message/wire-text";
import type { OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import { FailureLimiter } from "./failure-limiter.ts";
import { judgeNonce, makeNonce } from "./nonce.ts";
import { ReplayWindow } from "./replay-window.ts";

/** What digest needs of an account. */
export interface Credential {
  readonly account: string;
  readonly secret?: string;
  /** MD5 of "user:realm:secret". */
  readonly md5secret?: string;
}

export interface AuthenticatorParts {
  readonly realm: () => string;
  /** The store's key for nonces. */
  readonly nonceKey: string;
  readonly credential: (username: string) => Credential | undefined;
  readonly trusted: (flow: Flow) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Who is asking. */
export type Sender = { readonly type: "account"; readonly name: string } | { readonly type: "trusted" };

type Verdict = { readonly type: "ok"; readonly account: string } | { readonly type: "challenge"; readonly stale: boolean } | { readonly type: "wrong" };

const HA1_CACHE_MAX = 100_000;

/** Digest server (RFC 7616; presence.md §4.4). A first request costs one HMAC and keeps nothing. */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #window = new ReplayWindow();
  readonly #failures = new FailureLimiter();
  readonly #ha1 = new Map<string, string>();
  #wrong = 0;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
  }

  /** Wrong answers since start, for metrics. */
  get wrongAnswers(): number {
    return this.#wrong;
  }

  /** Who sent this request; undefined: it was answered 401 or 403. */
  authenticate = (transaction: ServerTransaction): Sender | undefined => {
    const { request, flow } = transaction;
    if (this.#parts.trusted(flow)) return { type: "trusted" };
    const verdict = this.#verify(request, flow.remoteHost);
    if (verdict.type === "ok") return { type: "account", name: verdict.account };
    if (verdict.type === "wrong") this.#wrong += 1;
    transaction.respond({ status: 401, headers: this.#challenges(request, verdict.type === "challenge" && verdict.stale) });
    return undefined;
  };

  #verify(request: SipRequest, source: string): Verdict {
    const answer = this.#answerOf(request);
    if (answer === undefined) return NEW;
    const now = this.#parts.clock.now();
    const username = userOf(answer.get("username") ?? "");
    // A foreign nonce, or one of an earlier key: no sign of a wrong password.
    const nonce = judgeNonce(this.#parts.nonceKey, now, answer.get("nonce") ?? "");
    if (nonce === "foreign") return NEW;
    if (this.#failures.isBlocked(source, username, now)) return WRONG;
    const credential = this.#parts.credential(username);
    const isRight = this.#isRight(request, answer, credential);
    if (!isRight || credential === undefined) {
      this.#failures.note(source, username, now);
      this.#parts.log.warn("wrong password", { source, account: username.slice(0, 64), method: request.method });
      return WRONG;
    }
    if (nonce === "stale") return STALE;
    const count = answer.get("nc") ?? "";
    if (!/^[0-9a-f]{8}$/i.test(count) || !this.#window.use(answer.get("nonce") ?? "", Number.parseInt(count, 16), now)) return STALE;
    return { type: "ok", account: credential.account };
  }

  /** The Authorization for our realm, if there is one. */
  #answerOf(request: SipRequest): Parameters | undefined {
    for (const value of headersOf(request, "authorization")) {
      const answer = parseDigest(value);
      if (answer?.get("realm") === toWire(this.#parts.realm())) return answer;
    }
    return undefined;
  }

  /** Unknown accounts take the same work as known ones (G-9). */
  #isRight(request: SipRequest, answer: Parameters, credential: Credential | undefined): boolean {
    const algorithm = (answer.get("algorithm") ?? "MD5").toUpperCase();
    const qop = answer.get("qop");
    if ((algorithm !== "MD5" && algorithm !== "SHA-256") || (qop !== "auth" && qop !== "auth-int")) return false;
    const uri = answer.get("uri") ?? "";
    const ha1 = this.#ha1Of(algorithm, answer.get("username") ?? "", credential);
    const expected = digestResponse(algorithm, ha1 ?? "", {
      method: request.method,
      uri,
      nonce: answer.get("nonce") ?? "",
      qop,
      nc: answer.get("nc") ?? "",
      cnonce: answer.get("cnonce") ?? "",
      body: request.body,
    });
    const isSame = sameSecret(expected, (answer.get("response") ?? "").toLowerCase());
    return isSame && ha1 !== undefined && isForUs(uri, request.uri);
  }

  #ha1Of(algorithm: DigestAlgorithm, username: string, credential: Credential | undefined): string | undefined {
    if (credential === undefined) return undefined;
    if (credential.secret === undefined) return algorithm === "MD5" ? credential.md5secret?.toLowerCase() : undefined;
    if (credential.secret === "") return undefined;
    const text = `${username}:${toWire(this.#parts.realm())}:${toWire(credential.secret)}`;
    const key = `${algorithm} ${text}`;
    let ha1 = this.#ha1.get(key);
    if (ha1 === undefined) {
      ha1 = hashHex(algorithm, text);
      if (this.#ha1.size >= HA1_CACHE_MAX) this.#ha1.clear();
      this.#ha1.set(key, ha1);
    }
    return ha1;
  }

  /** One header per algorithm; old phones look at the first only and know MD5 (G-1). */
  #challenges(request: SipRequest, stale: boolean): OutgoingHeader[] {
    const { clock, random, nonceKey } = this.#parts;
    const nonce = makeNonce(nonceKey, clock.now(), random.token(64));
    const knowsOnlyMd5 = MD5_ONLY.test(headerOf(request, "user-agent") ?? "");
    const algorithms = knowsOnlyMd5 ? ["MD5", "SHA-256"] : ["SHA-256", "MD5"];
    return algorithms.map((algorithm) => [
      "WWW-Authenticate",
      printDigest({ realm: toWire(this.#parts.realm()), nonce, algorithm: { raw: algorithm }, qop: "auth", ...(stale ? { stale: { raw: "true" } } : {}) }),
    ]);
  }
}

const NEW: Verdict = { type: "challenge", stale: false };
const STALE: Verdict = { type: "challenge", stale: true };
const WRONG: Verdict = { type: "wrong" };

/** Families that read the first challenge only, and whoever does not say what it is. */
const MD5_ONLY = /^($|Polycom|Yealink|Grandstream|Cisco|Linksys|Sipura|snom|Aastra|Fanvil|Htek|Panasonic|SIPp)/i;

/** With or without @domain (G-8). */
function userOf(username: string): string {
  const at = username.lastIndexOf("@");
  return decodeUser(at === -1 ? username : username.slice(0, at));
}

/** The digest URI means the Request-URI: equal text, or the same user and host; port and parameters may differ (G-7). */
function isForUs(digestUri: string, requestUri: string): boolean {
  if (digestUri === requestUri) return true;
  const [left, right] = [parseUri(digestUri), parseUri(requestUri)];
  if (!left.ok || !right.ok) return false;
  if (left.value.user !== undefined && decodeUser(left.value.user) !== decodeUser(right.value.user ?? "")) return false;
  return left.value.host.toLowerCase() === right.value.host.toLowerCase();
}
