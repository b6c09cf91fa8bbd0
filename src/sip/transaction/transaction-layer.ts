import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TimerWheel } from "#base/timer-wheel";
import type { SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import type { ParseFailure } from "#sip/message/parse-failure";
import { printResponse } from "#sip/message/print-message";
import { LazyResponse } from "#sip/message/lazy-response";
import type { Flow } from "#sip/transport/flow";
import { ClientTransactionTable } from "./client-transactions.ts";
import { dispatch } from "./dispatch.ts";
import { ServerTransactions } from "./server-transactions.ts";
import { DEFAULT_TIMES, type SipTimes } from "./timers.ts";
import type { Answer, ClientTransactions, RequestHandler, ServerTransaction } from "./user.ts";

export interface TransactionLayerParts {
  readonly wheel: TimerWheel;
  readonly random: Random;
  readonly log: Log;
  readonly times?: SipTimes;
}

/** Bits of a To tag of ours (S-74). */
const TAG_BITS = 64;
const NO_ACK = (): void => undefined;

/** From raw messages to requests for handlers, and from requests of ours to their answers. One per node. */
export class TransactionLayer {
  readonly clients: ClientTransactions;
  readonly #log: Log;
  readonly #random: Random;
  readonly #clients: ClientTransactionTable;
  readonly #servers: ServerTransactions;
  readonly #handlers = new Map<string, RequestHandler>();
  #parseFailures = 0;
  #strayResponses = 0;

  constructor(parts: TransactionLayerParts) {
    const times = parts.times ?? DEFAULT_TIMES;
    this.#log = parts.log;
    this.#random = parts.random;
    this.#clients = new ClientTransactionTable({ wheel: parts.wheel, times, random: parts.random });
    this.clients = this.#clients;
    this.#servers = new ServerTransactions({
      wheel: parts.wheel,
      times,
      newTag: () => parts.random.token(TAG_BITS),
      onAck: NO_ACK,
    });
  }

  /** One line in the registry of methods. */
  handle(handler: RequestHandler): void {
    this.#handlers.set(handler.method, handler);
  }

  get methods(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /** Live figures. */
  get counts(): {
    readonly clients: number;
    readonly servers: number;
    readonly repeats: number;
    readonly parseFailures: number;
    readonly strayResponses: number;
  } {
    return {
      clients: this.#clients.size,
      servers: this.#servers.size,
      repeats: this.#clients.repeats,
      parseFailures: this.#parseFailures,
      strayResponses: this.#strayResponses,
    };
  }

  /** Where transports deliver. Never throws: whatever comes in, the process lives. */
  receive(text: string, flow: Flow): void {
    try {
      const parsed = parseMessage(text);
      if (!parsed.ok) this.#refuse(parsed.error, flow);
      else if (parsed.value.kind === "request") this.#request(parsed.value, flow);
      else this.#response(parsed.value as LazyResponse);
    } catch (error) {
      this.#log.error("a message could not be handled", {
        peer: flow.key,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  }

  close(): void {
    this.#clients.close();
    this.#servers.close();
  }

  #response(response: LazyResponse): void {
    if (!this.#clients.receive(response.branch, response)) this.#strayResponses += 1;
  }

  #refuse(failure: ParseFailure, flow: Flow): void {
    this.#parseFailures += 1;
    const { request } = failure;
    // An ACK is never answered, and nobody can be answered without the four headers that every answer copies.
    if (request === undefined || request.method === "ACK") return;
    flow.send(
      printResponse(
        request,
        { status: failure.status, reason: failure.reason, toTag: this.#random.token(TAG_BITS) },
        heardFrom(flow),
      ),
    );
  }

  #request(request: SipRequest, flow: Flow): void {
    const arrival = this.#servers.arrive(request, flow);
    if (arrival.type === "new") this.#dispatch(arrival.transaction);
    else if (arrival.type === "merged") this.#answerStateless(request, { status: 482, reason: "Request merged" }, flow);
    else if (arrival.type === "full")
      this.#answerStateless(request, { status: 503, headers: [["Retry-After", String(5 + this.#random.below(11))]] }, flow);
  }

  #answerStateless(request: SipRequest, answer: Answer, flow: Flow): void {
    flow.send(printResponse(request, { ...answer, toTag: this.#random.token(TAG_BITS) }, heardFrom(flow)));
  }

  #dispatch(transaction: ServerTransaction): void {
    const found = dispatch(transaction.request, this.#handlers);
    if ("status" in found) {
      transaction.respond(found);
      return;
    }
    try {
      const pending = found.handle(transaction);
      pending?.catch((error: unknown) => {
        this.#failed(transaction, error);
      });
    } catch (error) {
      this.#failed(transaction, error);
    }
  }

  #failed(transaction: ServerTransaction, error: unknown): void {
    const { request } = transaction;
    this.#log.error("a request could not be handled", {
      callId: request.callId,
      method: request.method,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    if (!transaction.isAnswered) transaction.respond({ status: 500 });
  }
}

function heardFrom(flow: Flow): { readonly host: string; readonly port: number } {
  return { host: flow.remoteHost, port: flow.remotePort };
}
