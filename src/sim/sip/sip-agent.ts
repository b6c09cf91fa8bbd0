import type { Clock } from "#base/clock";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { TimerWheel } from "#base/timer-wheel";
import { headersOf, type SipResponse } from "#sip/message/message";
import { printRequest, printVia } from "#sip/message/print-message";
import { optionsHandler } from "#sip/transaction/dispatch";
import { TransactionLayer } from "#sip/transaction/transaction-layer";
import type { OutgoingHeader, RequestHandler } from "#sip/transaction/user";
import { DigestClient, type Credentials } from "#sip/auth/digest-client";
import { openLine, type PhoneLine } from "./phone-line.ts";

/** A request of the phone, without what every request has. */
export interface AgentRequest {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  /** A new number for each sending: an authenticated repeat is a new request. */
  readonly nextCseq: () => number;
  readonly routes?: readonly string[];
  readonly headers: readonly OutgoingHeader[];
}

/** What came of a request. */
export type Reply = { readonly type: "answer"; readonly response: SipResponse } | { readonly type: "timeout" | "unreachable" };

export interface SipAgentParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly userAgent: string;
  readonly credentials: Credentials;
  /** The connection ended by itself. */
  readonly onLost: () => void;
}

/** Where the agent speaks to. */
export interface LineTarget {
  readonly transport: "udp" | "tcp";
  readonly host: string;
  readonly port: number;
  readonly localPort: number;
}

const WHEEL_TICK_MS = 50;
/** A challenge, and one more for a nonce that became stale meanwhile. */
const CHALLENGES_MAX = 2;

/** The SIP of one phone: a line, transactions, and digest on every request. */
export class SipAgent {
  readonly #parts: SipAgentParts;
  readonly #wheel: TimerWheel;
  readonly #layer: TransactionLayer;
  readonly #digest: DigestClient;
  /** Requests without a final answer. */
  readonly #open = new Set<(reply: Reply) => void>();
  #line: PhoneLine | undefined;
  #contactAddress: string | undefined;
  #isClosed = false;

  constructor(parts: SipAgentParts, handlers: readonly RequestHandler[]) {
    this.#parts = parts;
    this.#wheel = new TimerWheel(parts.clock, WHEEL_TICK_MS);
    this.#layer = new TransactionLayer({ wheel: this.#wheel, random: parts.random, log: parts.log });
    this.#digest = new DigestClient(parts.credentials, parts.random);
    for (const handler of handlers) this.#layer.handle(handler);
    this.#layer.handle(optionsHandler(() => this.#layer.methods, ["dialog"]));
  }

  /** Opens the line, or a new one after the old one was lost. Resolves with the local port. */
  async open(target: LineTarget): Promise<number> {
    const old = this.#line;
    this.#line = undefined;
    await old?.stop();
    const line = await openLine({
      ...target,
      clock: this.#parts.clock,
      onMessage: (message, flow) => {
        this.#layer.receive(message, flow);
      },
      onLost: this.#parts.onLost,
    });
    if (this.#isClosed) {
      await line.stop();
      throw new Error("closed meanwhile");
    }
    this.#line = line;
    this.#contactAddress ??= line.flow.sentBy;
    return line.localPort;
  }

  /** The value of Contact for a user of this phone: the same over a new connection, as of a phone that listens on one port. */
  contact(user: string): string {
    const suffix = this.#line?.flow.transport === "tcp" ? ";transport=tcp" : "";
    return `<sip:${user}@${this.#contactAddress ?? "invalid"}${suffix}>`;
  }

  /** Sends a request; answers challenges. `onFinal` is called once, at the moment when the final answer is read. */
  request(request: AgentRequest, onFinal: (reply: Reply) => void): void {
    const finish = (reply: Reply): void => {
      if (this.#open.delete(finish)) onFinal(reply);
    };
    this.#open.add(finish);
    this.#send(request, CHALLENGES_MAX, finish);
  }

  /** Ends everything; requests that wait end as unreachable. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#layer.close();
    this.#wheel.close();
    const line = this.#line;
    this.#line = undefined;
    for (const finish of [...this.#open]) finish({ type: "unreachable" });
    await line?.stop();
  }

  #send(request: AgentRequest, challengesLeft: number, onFinal: (reply: Reply) => void): void {
    const flow = this.#line?.flow;
    if (flow === undefined) {
      onFinal({ type: "unreachable" });
      return;
    }
    const branch = this.#layer.clients.newBranch();
    const authorization = this.#digest.answer(request.method, request.uri);
    const usedNonce = authorization === undefined ? undefined : this.#digest.nonce;
    const headers: OutgoingHeader[] = [
      ["Via", printVia(flow.transport, flow.sentBy, branch)],
      ["Max-Forwards", "70"],
      ...(request.routes ?? []).map((route) => ["Route", route] as const),
      ["From", request.from],
      ["To", request.to],
      ["Call-ID", request.callId],
      ["CSeq", `${request.nextCseq()} ${request.method}`],
      ["User-Agent", this.#parts.userAgent],
      ...request.headers,
      ...(authorization === undefined ? [] : [["Authorization", authorization] as const]),
    ];
    const message = printRequest({ method: request.method, uri: request.uri, headers });
    this.#layer.clients.start(
      { method: request.method, branch, message, flow },
      {
        onResponse: (response) => {
          if (response.status < 200) return;
          if (challengesLeft > 0 && this.#acceptChallenge(response, usedNonce)) this.#send(request, challengesLeft - 1, onFinal);
          else onFinal({ type: "answer", response });
        },
        onTimeout: () => {
          onFinal({ type: "timeout" });
        },
        onTransportError: () => {
          onFinal({ type: "unreachable" });
        },
      },
    );
  }

  /** May the request be sent again with a better answer? */
  #acceptChallenge(response: SipResponse, usedNonce: string | undefined): boolean {
    if (response.status !== 401) return false;
    // Another request of this phone may have got a new nonce meanwhile.
    if (usedNonce !== undefined && this.#digest.nonce !== usedNonce) return true;
    return this.#digest.accept(headersOf(response, "www-authenticate"), usedNonce !== undefined);
  }
}

/** The answer of a server that agreed. */
export function acceptedOf(reply: Reply): SipResponse | undefined {
  return reply.type === "answer" && reply.response.status < 300 ? reply.response : undefined;
}

/** A reply in words, for messages to people. */
export function replyInWords(reply: Reply): string {
  if (reply.type === "answer") return `${reply.response.status} ${reply.response.reason}`.trim();
  return reply.type === "timeout" ? "no answer" : "the server cannot be reached";
}
