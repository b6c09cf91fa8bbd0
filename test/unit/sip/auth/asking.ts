import assert from "node:assert/strict";
import { digestResponse, hashHex, type DigestAlgorithm } from "#base/digest";
import { parseDigest } from "#sip/message/auth-header";
import type { SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { toWire } from "#sip/message/wire-text";
import type { Answer, ServerTransaction } from "#sip/transaction/user";
import type { Flow, FlowRecord } from "#sip/transport/flow";

/** A UDP flow from `host`; what is sent on it is lost. */
export function flowFrom(host: string, port = 5060): Flow {
  const key = `udp:0.0.0.0:5060 ${host}:${port}`;
  return {
    transport: "udp",
    reliable: false,
    remoteHost: host,
    remotePort: port,
    sentBy: "10.0.0.1:5060",
    key,
    send: () => true,
    closed: false,
  };
}

export function recordOf({ transport, remoteHost, remotePort, key }: Flow): FlowRecord {
  return { transport, listener: "udp:0.0.0.0:5060", host: remoteHost, port: remotePort, key };
}

export interface RequestText {
  readonly method?: string;
  readonly uri?: string;
  readonly user?: string;
  readonly host?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** A parsed request, text for people turned into bytes. */
export function requestOf(text: RequestText = {}): SipRequest {
  const { method = "REGISTER", user = "5001", host = "pbx.example", callId = "call-1", cseq = 1, headers = [], body = "" } = text;
  const lines = [
    `${method} ${text.uri ?? `sip:${host}`} SIP/2.0`,
    "Via: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKa1;rport",
    `From: <sip:${user}@${host}>;tag=a`,
    `To: <sip:${user}@${host}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    ...headers,
    `Content-Length: ${body.length}`,
  ];
  const parsed = parseMessage(toWire(`${lines.join("\r\n")}\r\n\r\n${body}`));
  assert.ok(parsed.ok && parsed.value.kind === "request");
  return parsed.value;
}

/** A server transaction that keeps its answer. */
export class AskingTransaction implements ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  answer: Answer | undefined;

  constructor(request: SipRequest, flow: Flow = flowFrom("192.0.2.5")) {
    this.request = request;
    this.flow = flow;
  }

  get isAnswered(): boolean {
    return this.answer !== undefined;
  }

  respond(answer: Answer): void {
    assert.equal(this.answer, undefined, "answered twice");
    this.answer = answer;
  }

  /** All values of a header of the answer. */
  headers(name: string): string[] {
    return (this.answer?.headers ?? []).filter(([one]) => one === name).map(([, value]) => value);
  }
}

export interface AnswerText {
  readonly username?: string;
  readonly secret?: string;
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm?: DigestAlgorithm;
  readonly method?: string;
  readonly uri?: string;
  readonly nc?: number;
  /** null: an answer by RFC 2069. */
  readonly qop?: "auth" | "auth-int" | null;
  readonly body?: string;
}

/** The Authorization that a right phone sends; the client's half is written out here, independent of the simulator's. */
export function authorization(text: AnswerText): string {
  const {
    username = "5001",
    secret = "s3cret",
    realm,
    nonce,
    algorithm = "MD5",
    method = "REGISTER",
    uri = "sip:pbx.example",
    nc = 1,
    qop = "auth",
  } = text;
  const count = nc.toString(16).padStart(8, "0");
  const ha1 = hashHex(algorithm, toWire(`${username}:${realm}:${secret}`));
  const qopParts = qop === null ? {} : { qop, nc: count, cnonce: "c0ffee" };
  const response = digestResponse(algorithm, ha1, { method, uri, nonce, body: text.body ?? "", ...qopParts });
  const qopText = qop === null ? "" : `, qop=${qop}, nc=${count}, cnonce="c0ffee"`;
  return `Authorization: Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}${qopText}`;
}

/** The parameters of a challenge, by its place in the answer. */
export function challengeOf(transaction: AskingTransaction, at = 0): ReadonlyMap<string, string> {
  const parameters = parseDigest(transaction.headers("WWW-Authenticate")[at] ?? "");
  assert.ok(parameters !== undefined, "no challenge");
  return parameters;
}
