import type { SipRequest, SipResponse } from "#sip/message/message";
import type { Flow } from "#sip/transport/flow";

/** A header that we write: name in its RFC spelling ("Call-ID"), value as a binary string. The printer refuses CR, LF and NUL. */
export type OutgoingHeader = readonly [name: string, value: string];

/** What a transaction user answers. Via, From, To, Call-ID, CSeq and Content-Length are added by the printer. */
export interface Answer {
  readonly status: number;
  /** Default: the RFC's phrase. */
  readonly reason?: string;
  /** Our To tag; needed for every answer above 100 whose request had none (a stateless one is made when it is missing). */
  readonly toTag?: string;
  readonly headers?: readonly OutgoingHeader[];
  readonly body?: string;
}

/** One request that somebody sent us, until it has its final answer (RFC 3261 §17.2). */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Was a final answer given, or is it too late for one (64·T1 for everything but INVITE)? */
  readonly isAnswered: boolean;
  /**
   * Sends a provisional or final answer. A second final answer is our mistake and is refused with an assertion; only a 2xx to an INVITE
   * may be repeated, until its ACK. An answer that comes too late is not sent (RFC 4320 §4.2).
   */
  respond(answer: Answer): void;
}

/** Takes requests of one method. New requests only: repeats never come here (S-3). */
export interface RequestHandler {
  readonly method: string;
  /** May answer later; a rejection or exception is logged and answered 500. */
  handle(transaction: ServerTransaction): void | Promise<void>;
  /** The sender took the request back by `cancel` while it was not answered (INVITE only). Without this method it is answered 487. */
  cancel?(transaction: ServerTransaction, cancel: SipRequest): void;
}

/** What becomes of a request of ours (RFC 3261 §17.1). Exactly one of the ends is called, once. */
export interface ClientUser {
  /** Provisional ones (status < 200) may come before the final one. */
  onResponse(response: SipResponse): void;
  /** Timer F or B fired. */
  onTimeout(): void;
  /** The flow refused it. */
  onTransportError(): void;
  /** True: the request is not sent again, nobody waits for its answer any more. */
  readonly isOver?: boolean;
}

/** Starts client transactions. */
export interface ClientTransactions {
  /** A fresh branch with the magic cookie. */
  newBranch(): string;
  /** `message` is the whole printed request with `branch` in its top Via. */
  start(
    request: { readonly method: string; readonly branch: string; readonly message: string; readonly flow: Flow },
    user: ClientUser,
  ): void;
  /** Nobody waits for the answer of this INVITE any more: a cancelled one that is never answered would wait for ever. */
  abandon(branch: string): void;
}
