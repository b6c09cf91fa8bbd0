import type { Random } from "#base/random";
import { DigestClient, type Credentials } from "#sip/auth/digest-client";
import { headersOf, type SipResponse } from "#sip/message/message";
import { printRequest, printVia } from "#sip/message/print-message";
import type { ClientTransactions, OutgoingHeader } from "#sip/transaction/user";
import type { Flow } from "#sip/transport/flow";

/** What came of a request of ours. */
export type Reply =
  | { readonly type: "answer"; readonly response: SipResponse }
  /** The registrar refused our password, or asks for what we have not. */
  | { readonly type: "unauthorised"; readonly response: SipResponse }
  | { readonly type: "timeout" }
  | { readonly type: "unreachable" };

/** One request to be sent, without what every request has. */
export interface OwnRequest {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly flow: Flow;
  readonly headers: readonly OutgoingHeader[];
}

const CALL_ID_BITS = 128;
const TAG_BITS = 64;
/** A challenge, and one more for a nonce that became stale meanwhile. */
const CHALLENGES_MAX = 2;
const ALWAYS = (): boolean => true;

/** Requests of one Call-ID with rising numbers, authenticated: REGISTER, and OPTIONS of a qualified peer. */
export class RequestSender {
  readonly #clients: ClientTransactions;
  readonly #digest: DigestClient | undefined;
  readonly #callId: string;
  readonly #tag: string;
  #cseq = 0;

  constructor(clients: ClientTransactions, random: Random, credentials: Credentials | undefined) {
    this.#clients = clients;
    this.#digest = credentials === undefined ? undefined : new DigestClient(credentials, random);
    this.#callId = random.token(CALL_ID_BITS);
    this.#tag = random.token(TAG_BITS);
  }

  /** Resolves with the final answer, after challenges were answered as long as the request `isWanted`. Never rejects. */
  async send(request: OwnRequest, isWanted = ALWAYS): Promise<Reply> {
    return new Promise((resolve) => {
      this.#send({ ...request, isWanted }, CHALLENGES_MAX, resolve);
    });
  }

  #send(
    request: OwnRequest & { readonly isWanted: () => boolean },
    challengesLeft: number,
    onFinal: (reply: Reply) => void,
  ): void {
    const { method, uri, flow } = request;
    const branch = this.#clients.newBranch();
    const answer = this.#digest?.answer(method, uri);
    this.#cseq += 1;
    const headers: OutgoingHeader[] = [
      ["Via", printVia(flow.transport, flow.sentBy, branch)],
      ["Max-Forwards", "70"],
      ["From", `${request.from};tag=${this.#tag}`],
      ["To", request.to],
      ["Call-ID", this.#callId],
      ["CSeq", `${this.#cseq} ${method}`],
      ...request.headers,
      ...(answer === undefined ? [] : [[this.#header, answer] as const]),
    ];
    this.#clients.start(
      { method, branch, flow, message: printRequest({ method, uri, headers }) },
      {
        onResponse: (response) => {
          if (response.status < 200) return;
          const isChallenge = response.status === 401 || response.status === 407;
          if (!isChallenge) onFinal({ type: "answer", response });
          else if (challengesLeft > 0 && request.isWanted() && this.#accept(response, answer !== undefined))
            this.#send(request, challengesLeft - 1, onFinal);
          else onFinal({ type: "unauthorised", response });
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

  #header = "Authorization";

  #accept(response: SipResponse, hadAnswered: boolean): boolean {
    const isProxy = response.status === 407;
    const header = isProxy ? "Proxy-Authorization" : "Authorization";
    // A proxy's challenge after the registrar's, or the other way round, is no refusal of what the first was answered.
    const isSameParty = header === this.#header;
    this.#header = header;
    const challenges = headersOf(response, isProxy ? "proxy-authenticate" : "www-authenticate");
    return this.#digest?.accept(challenges, hadAnswered && isSameParty) ?? false;
  }
}
