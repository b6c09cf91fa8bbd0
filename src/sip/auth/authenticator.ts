import type { DigestAlgorithm } from "#base/digest";
import type { Clock } from "#base/clock";
import { tellAll, type StrangerLog } from "#base/junk-log";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { headerOf, type SipRequest } from "#sip/message/message";
import { copiedBytes, messageBytes } from "#sip/message/message-bytes";
import { decodeUser, parseUri } from "#sip/message/uri";
import { fromWire, toWire } from "#sip/message/wire-text";
import type { Answer, OutgoingHeader, ServerTransaction } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";
import { algorithmsFor, challengeHeaders } from "./challenge.ts";
import { accountOf, isMadeWith, meansSame, readAnswer, type DigestAnswer } from "./digest-answer.ts";
import { FailureLimiter } from "#sip/guard/failure-limiter";
import { sourceBlock } from "#sip/guard/source-block";
import { Ha1Cache, type Credential } from "./ha1-cache.ts";
import { judgeNonce, makeNonce, type NonceMaker, type NonceVerdict } from "./nonce.ts";
import { ReplayWindow } from "./replay-window.ts";
import { SlowAnswers } from "./slow-answers.ts";

export type { Credential } from "./ha1-cache.ts";

export interface AuthenticatorParts {
  readonly realm: () => string;
  /** The store's key for nonces. */
  readonly nonceKey: string;
  /** Of a digest user; `claimed` is the user of From, which tells apart accounts that share one. */
  readonly credential: (username: string, claimed: string) => Credential | undefined;
  /** Why a request of this account, which has shown its password, is not taken. Default: every one is. */
  readonly refusal?: (account: string, request: Pick<SipRequest, "method">, flow: Flow) => Refusal | undefined;
  readonly trusted: (flow: Flow) => boolean;
  /** Algorithms offered, whoever asks; default: by user agent (G-1). MD5 alone where accounts have only an md5secret. */
  readonly algorithms?: () => readonly DigestAlgorithm[] | undefined;
  /** Take answers without qop (RFC 2069)? Each of their nonces is good once. Default: no (G-2). */
  readonly acceptsNoQop?: boolean;
  /** Who has given wrong passwords; default: one of its own. */
  readonly failures?: FailureLimiter;
  /** Lines about wrong passwords; default: on `log`. */
  readonly junk?: StrangerLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Who is asking. */
export type Sender = { readonly type: "account"; readonly name: string } | { readonly type: "trusted" };

/** An answer of 403 to somebody who is known; what `isCounted` shuts him out for a while when it comes often, as wrong passwords do. */
export interface Refusal {
  readonly reason: string;
  readonly isCounted: boolean;
}

type Verdict =
  | { readonly type: "ok"; readonly account: string }
  | { readonly type: "challenge"; readonly stale: boolean }
  | { readonly type: "wrong"; readonly isSlow: boolean }
  | { readonly type: "refused"; readonly answer: Answer };

/** A digest answer to a nonce of ours. */
interface Shown {
  readonly answer: DigestAnswer;
  readonly nonce: Exclude<NonceVerdict, { readonly type: "foreign" }>;
  readonly name: string;
  readonly now: number;
}

const UNIQUE_BITS = 64;
const LOGGED_NAME_MAX = 64;
/** A datagram from an address that may be forged is answered by at most as many times its bytes (X-9; the bound of RFC 9000 §8.1). */
export const AMPLIFICATION_MAX = 3;
/** An answer adds this to what it copies: status line, received and rport, tag, Content-Length. */
const ANSWER_MORE_BYTES = 150;

/** Digest server (RFC 7616; presence.md §4.4). A first request costs one HMAC and keeps nothing. */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #window: ReplayWindow;
  readonly #failures: FailureLimiter;
  readonly #ha1s: Ha1Cache;
  readonly #slow: SlowAnswers;
  readonly #junk: StrangerLog;
  /** Tells nonces of this node from those of others and of earlier runs. */
  readonly #run: string;
  #nonces = 0;
  #wrong = 0;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#failures = parts.failures ?? new FailureLimiter();
    this.#slow = new SlowAnswers(parts.clock);
    this.#junk = parts.junk ?? tellAll(parts.log);
    this.#window = new ReplayWindow();
    this.#ha1s = new Ha1Cache(parts.random.token(UNIQUE_BITS));
    this.#run = parts.random.token(UNIQUE_BITS);
  }

  /** Wrong answers since start, for metrics. */
  get wrongAnswers(): number {
    return this.#wrong;
  }

  /** Who sent this request; undefined: it was answered 400, 401 or 403. */
  authenticate = (transaction: ServerTransaction): Sender | undefined => {
    const { request, flow } = transaction;
    if (this.#parts.trusted(flow)) return TRUSTED;
    const realm = toWire(this.#parts.realm());
    const verdict = this.#verify(request, realm, flow);
    if (verdict.type === "ok") return { type: "account", name: verdict.account };
    if (verdict.type === "refused") transaction.respond(verdict.answer);
    else {
      const challenge = this.#challenge(request, flow, realm, verdict.type === "challenge" && verdict.stale);
      if (verdict.type === "wrong" && verdict.isSlow) this.#slow.respond(transaction, challenge);
      else transaction.respond(challenge);
    }
    return undefined;
  };

  /** Slow answers are not given any more. */
  stop(): void {
    this.#slow.stop();
  }

  #verify(request: SipRequest, realm: string, flow: Flow): Verdict {
    const answer = readAnswer(request, realm);
    if (answer === undefined || (answer.qop === undefined && this.#parts.acceptsNoQop !== true)) return NEW;
    const now = this.#parts.clock.now();
    // A foreign nonce, or one of an earlier key: no sign of a wrong password.
    const nonce = judgeNonce(this.#makerOf(realm), now, answer.nonce);
    if (nonce.type === "foreign") return NEW;
    return this.#judge({ answer, nonce, name: accountOf(answer.username), now }, request, realm, flow);
  }

  #judge({ answer, nonce, name, now }: Shown, request: SipRequest, realm: string, flow: Flow): Verdict {
    const source = flow.remoteHost;
    const { givenTo } = nonce;
    if (this.#failures.isBlocked(source, name, now) || this.#failures.isBlocked(givenTo, name, now)) return BLOCKED;
    const account = this.#accountBehind(answer, name, request, realm);
    // A wrong answer to a stale nonce counts too, or one old nonce would do for guessing for ever. It is booked to whoever was given the
    // nonce: nobody can get others shut out by forging their address.
    if (account === undefined) return this.#wrongAnswer(request, source, givenTo, name);
    if (!meansSame(answer.uri, request.uri)) return OTHER_URI;
    const count = answer.qop === undefined ? 0 : Number.parseInt(answer.nc, 16);
    if (nonce.type === "stale" || !this.#window.use(nonce, count, now)) return STALE;
    const isThere = flow.reliable || givenTo === sourceBlock(source);
    // What an account asks for (NOTIFYs above all) goes to an address that has answered a challenge of ours.
    if (!isThere && !this.#failures.isKnown(source)) return STALE;
    return this.#admit(account, request, flow, { name, isThere });
  }

  #admit(
    account: string,
    request: SipRequest,
    flow: Flow,
    { name, isThere }: { readonly name: string; readonly isThere: boolean },
  ): Verdict {
    const refusal = this.#parts.refusal?.(account, request, flow);
    if (refusal !== undefined) return this.#refuse(refusal, request, flow.remoteHost, name);
    this.#failures.succeeded(flow.remoteHost, name, this.#parts.clock.now(), isThere);
    return { type: "ok", account };
  }

  /** Only who knows the password is told: to others the account looks as if it did not exist (G-9). */
  #refuse({ reason, isCounted }: Refusal, { method }: SipRequest, source: string, name: string): Verdict {
    if (isCounted) this.#failures.failed(source, name, this.#parts.clock.now());
    this.#junk.warn(source, "request refused", { account: name.slice(0, LOGGED_NAME_MAX), method, reason });
    return { type: "refused", answer: { status: 403, reason } };
  }

  /** The account whose secret made this answer. Unknown ones take the same work (G-9). */
  #accountBehind(answer: DigestAnswer, name: string, request: SipRequest, realm: string): string | undefined {
    const credential = this.#parts.credential(name, claimedBy(request));
    const { ha1, isReal } = this.#ha1s.of({ algorithm: answer.algorithm, username: answer.username, realm }, credential);
    return isMadeWith(ha1, answer, request) && isReal ? credential?.account : undefined;
  }

  #wrongAnswer({ method }: SipRequest, source: string, givenTo: string, name: string): Verdict {
    this.#wrong += 1;
    const account = name.slice(0, LOGGED_NAME_MAX);
    const failure = this.#failures.failed(givenTo, name, this.#parts.clock.now());
    const fields = { account, method, ...(givenTo === sourceBlock(source) ? {} : { challenged: givenTo }) };
    // Shutting out is rare and nothing that a peer can make rarer to see: this line is not held back.
    if (failure === "closed") this.#parts.log.warn("wrong password: shut out for a while", { source: givenTo, ...fields });
    else this.#junk.warn(source, "wrong password", fields);
    return failure === "slow" ? SLOW : WRONG;
  }

  #makerOf(realm: string): NonceMaker {
    return { key: this.#parts.nonceKey, realm, run: this.#run };
  }

  #challenge(request: SipRequest, flow: Flow, realm: string, stale: boolean): Answer {
    const { clock, algorithms } = this.#parts;
    this.#nonces += 1;
    const nonce = makeNonce(this.#makerOf(realm), clock.now(), this.#nonces, sourceBlock(flow.remoteHost));
    const offered = algorithms?.() ?? algorithmsFor(headerOf(request, "user-agent") ?? "");
    const headers = challengeHeaders({ realm, nonce, stale, algorithms: offered });
    const given = flow.reliable ? headers : withinBound(headers, request);
    return given.length === 0 ? TOO_SHORT : { status: 401, headers: given };
  }
}

/** As many challenges as an address that may be forged is given; the first is the one that the user agent can use. */
function withinBound(headers: readonly OutgoingHeader[], request: SipRequest): readonly OutgoingHeader[] {
  const bound = messageBytes(request) * AMPLIFICATION_MAX;
  let bytes = ANSWER_MORE_BYTES + copiedBytes(request);
  return headers.filter(([name, value]) => {
    bytes += name.length + value.length + 4;
    return bytes <= bound;
  });
}

/** The user of From, as text; "" when there is none. */
function claimedBy({ from }: SipRequest): string {
  const uri = parseUri(from.uri);
  return uri.ok && uri.value.user !== undefined ? fromWire(decodeUser(uri.value.user)) : "";
}

const TRUSTED: Sender = { type: "trusted" };
const NEW: Verdict = { type: "challenge", stale: false };
const STALE: Verdict = { type: "challenge", stale: true };
const WRONG: Verdict = { type: "wrong", isSlow: false };
const SLOW: Verdict = { type: "wrong", isSlow: true };
/** The same for accounts that exist and that do not. */
const BLOCKED: Verdict = { type: "refused", answer: { status: 403, reason: "Too many wrong passwords" } };
/** No phone writes so little. */
const TOO_SHORT: Answer = { status: 400, reason: "Too short for a challenge" };
const OTHER_URI: Verdict = { type: "refused", answer: { status: 400, reason: "Digest uri is not the Request-URI" } };
