import { digestResponse, sameSecret, type DigestAlgorithm } from "#base/digest";
import { parseDigest } from "#sip/message/auth-header";
import { headersOf, type SipRequest } from "#sip/message/message";
import type { Parameters } from "#sip/message/parameters";
import { decodeUser, parseUri } from "#sip/message/uri";
import { fromWire } from "#sip/message/wire-text";

/** An Authorization that we can check. Binary strings as written. */
export interface DigestAnswer {
  readonly username: string;
  readonly algorithm: DigestAlgorithm;
  /** undefined: an answer by RFC 2069. */
  readonly qop: string | undefined;
  readonly nonce: string;
  /** Eight hexadecimal digits; "" without qop. */
  readonly nc: string;
  readonly cnonce: string;
  readonly uri: string;
  readonly response: string;
}

/** The first Authorization for our realm in a form that we understand: one that we do not says nothing about a password. */
export function readAnswer(request: SipRequest, realm: string): DigestAnswer | undefined {
  for (const value of headersOf(request, "authorization")) {
    const parameters = parseDigest(value);
    const answer = parameters?.get("realm") === realm ? answerOf(parameters) : undefined;
    if (answer !== undefined) return answer;
  }
  return undefined;
}

const COUNT = /^[0-9a-f]{8}$/i;

function answerOf(parameters: Parameters): DigestAnswer | undefined {
  const valueOf = (name: string): string => parameters.get(name) ?? "";
  const algorithm = (parameters.get("algorithm") ?? "MD5").toUpperCase();
  const [qop, nc] = [parameters.get("qop"), valueOf("nc")];
  if (algorithm !== "MD5" && algorithm !== "SHA-256") return undefined;
  if (qop !== undefined && !(QOPS.has(qop.toLowerCase()) && COUNT.test(nc))) return undefined;
  return {
    username: valueOf("username"),
    algorithm,
    qop,
    nonce: valueOf("nonce"),
    nc,
    cnonce: valueOf("cnonce"),
    uri: valueOf("uri"),
    response: valueOf("response").toLowerCase(),
  };
}

/** auth-int is not offered, but welcome (G-2). */
const QOPS: ReadonlySet<string> = new Set(["auth", "auth-int"]);

/** Was this answer made with the secret behind `ha1`? The same work whatever the answer. */
export function isMadeWith(ha1: string, answer: DigestAnswer, request: SipRequest): boolean {
  const expected = digestResponse(answer.algorithm, ha1, { ...answer, method: request.method, body: request.body });
  return sameSecret(expected, answer.response);
}

/** The account a username means, with or without @domain (G-8). */
export function accountOf(username: string): string {
  const at = username.lastIndexOf("@");
  return fromWire(decodeUser(at === -1 ? username : username.slice(0, at)));
}

/** Does the digest URI mean the Request-URI: equal text, or the same user and host; user may be missing, port and parameters differ (G-7). */
export function meansSame(digestUri: string, requestUri: string): boolean {
  if (digestUri === requestUri) return true;
  const [left, right] = [parseUri(digestUri), parseUri(requestUri)];
  if (!left.ok || !right.ok) return false;
  const user = left.value.user;
  if (user !== undefined && decodeUser(user) !== decodeUser(right.value.user ?? "")) return false;
  return left.value.host.toLowerCase() === right.value.host.toLowerCase();
}
