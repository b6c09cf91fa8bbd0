import { tellAll, type StrangerLog } from "#base/junk-log";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import type { TimerWheel } from "#base/timer-wheel";
import type { SipRequest } from "#sip/message/message";
import type { AnswerableRequest, ParseFailure } from "#sip/message/parse-failure";
import { parseMessage } from "#sip/message/parse-message";
import { printResponse } from "#sip/message/print-message";
import type { Flow } from "#sip/transport/flow";
import { ClientTransactionTable } from "./client-transactions.ts";
import { dispatch, type DispatchGrounds } from "./dispatch.ts";
import { REFUSALS_IN_A_ROW_MAX, RETRY_AFTER_MIN_SECONDS, RETRY_AFTER_SPREAD_SECONDS } from "./limits.ts";
import { ServerTransactions } from "./server-transactions.ts";
import { sizeProblem, type MessageSizes } from "./message-sizes.ts";
import { DEFAULT_TIMES, type SipTimes } from "./timers.ts";
import type { Answer, ClientTransactions, RequestHandler, ServerTransaction } from "./user.ts";

export interface TransactionLayerParts {
  readonly wheel: TimerWheel;
  readonly random: Random;
  readonly log: Log;
  readonly times?: SipTimes;
  /** Option tags that a peer may Require; default none. */
  readonly supported?: readonly string[];
  /** Is the host of a Request-URI ours? Only asked when Max-Forwards is 0; default: every host. */
  readonly isOurHost?: (host: string) => boolean;
  /** ACKs of 2xx answers and ACKs that match nothing. */
  readonly onAck?: (ack: SipRequest, flow: Flow) => void;
  readonly serverTransactionsMax?: () => number;
  /** May requests of ours be sent again now? Default: always. */
  readonly mayRepeat?: () => boolean;
  /** How large requests may be; default: as large as the parser takes them. */
  readonly sizes?: MessageSizes;
  /** Lines about what strangers send; default: on `log`. */
  readonly junk?: StrangerLog;
}

/** Live figures of a layer. */
export interface TransactionCounts {
  /** Open client transactions. */
  readonly clients: number;
  /** Open server transactions. */
  readonly servers: number;
  /** Requests of ours sent again. */
  readonly repeats: number;
  /** Requests of others that came again. */
  readonly absorbed: number;
  readonly parseFailures: number;
  /** Responses that matched nothing: late, repeated or forged. */
  readonly strayResponses: number;
}

/** Bits of a To tag of ours (S-74). */
const TAG_BITS = 64;

/** From raw messages to requests for handlers, and from requests of ours to their answers. One per node. */
export class TransactionLayer {
  readonly clients: ClientTransactions;
  readonly #random: Random;
  readonly #clients: ClientTransactionTable;
  readonly #servers: ServerTransactions;
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #grounds: DispatchGrounds;
  readonly #sizes: MessageSizes | undefined;
  readonly #junk: StrangerLog;
  #parseFailures = 0;
  #strayResponses = 0;
  #refusalsInARow = 0;

  constructor(parts: TransactionLayerParts) {
    const times = parts.times ?? DEFAULT_TIMES;
    this.#random = parts.random;
    this.#sizes = parts.sizes;
    this.#junk = parts.junk ?? tellAll(parts.log);
    this.#grounds = { handlers: this.#handlers, supported: parts.supported ?? [], isOurHost: parts.isOurHost ?? (() => true) };
    const mayRepeat = parts.mayRepeat ?? (() => true);
    this.#clients = new ClientTransactionTable({ wheel: parts.wheel, times, random: parts.random, log: parts.log, mayRepeat });
    this.clients = this.#clients;
    this.#servers = new ServerTransactions({
      wheel: parts.wheel,
      times,
      newTag: () => this.#newTag(),
      onAck: parts.onAck ?? (() => undefined),
      ...(parts.serverTransactionsMax === undefined ? {} : { openMax: parts.serverTransactionsMax }),
    });
    this.handle({
      method: "CANCEL",
      handle: (transaction) => {
        this.#cancel(transaction);
      },
    });
  }

  /** One line in the registry of methods. */
  handle(handler: RequestHandler): void {
    this.#handlers.set(handler.method, handler);
  }

  get methods(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  get counts(): TransactionCounts {
    return {
      clients: this.#clients.size,
      servers: this.#servers.size,
      repeats: this.#clients.repeats,
      absorbed: this.#servers.absorbed,
      parseFailures: this.#parseFailures,
      strayResponses: this.#strayResponses,
    };
  }

  /** One line per open transaction, ours first. */
  describe(): string[] {
    return [...this.#clients.describe(), ...this.#servers.describe()];
  }

  /** Where transports deliver. Never throws: whatever comes in, the process lives. */
  receive(text: string, flow: Flow): void {
    try {
      const parsed = parseMessage(text);
      if (!parsed.ok) this.#refuse(parsed.error, flow);
      else if (parsed.value.kind === "request") this.#request(parsed.value, flow);
      else if (!this.#clients.receive(parsed.value)) this.#strayResponses += 1;
    } catch (error) {
      this.#junk.error(flow.remoteHost, "a message could not be handled", { flow: flow.key, error: inWords(error) });
    }
  }

  /** A stream is gone: what was sent on it and not answered has failed, without waiting for timer F. */
  flowClosed(flow: Flow): void {
    this.#clients.flowClosed(flow);
  }

  close(): void {
    this.#clients.close();
    this.#servers.close();
  }

  #refuse(failure: ParseFailure, flow: Flow): void {
    this.#parseFailures += 1;
    this.#junk.debug(flow.remoteHost, "a message could not be read", { flow: flow.key, reason: failure.reason });
    const { request } = failure;
    // An ACK is never answered, and nobody can be answered without a Via.
    if (request === undefined || request.method === "ACK") return;
    this.#answerStateless(request, { status: failure.status, reason: failure.reason }, flow);
  }

  #request(request: SipRequest, flow: Flow): void {
    const tooLarge = this.#sizes === undefined ? undefined : sizeProblem(request, this.#sizes);
    if (tooLarge !== undefined) {
      if (request.method !== "ACK") this.#answerStateless(request, tooLarge, flow);
      return;
    }
    const arrival = this.#servers.arrive(request, flow);
    if (arrival.type === "new") {
      this.#refusalsInARow = 0;
      this.#dispatch(arrival.transaction);
    } else if (arrival.type === "merged") this.#answerStateless(request, { status: 482, reason: "Request merged" }, flow);
    else if (arrival.type === "full") this.#refuseForRoom(request, flow);
  }

  #refuseForRoom(request: SipRequest, flow: Flow): void {
    if (this.#refusalsInARow === REFUSALS_IN_A_ROW_MAX) return;
    this.#refusalsInARow += 1;
    const seconds = RETRY_AFTER_MIN_SECONDS + this.#random.below(RETRY_AFTER_SPREAD_SECONDS + 1);
    this.#answerStateless(request, { status: 503, headers: [["Retry-After", String(seconds)]] }, flow);
  }

  #answerStateless(request: AnswerableRequest, answer: Answer, flow: Flow): void {
    const heardFrom = { host: flow.remoteHost, port: flow.remotePort };
    flow.send(printResponse(request, { ...answer, toTag: this.#newTag() }, heardFrom));
  }

  #dispatch(transaction: ServerTransaction): void {
    const found = dispatch(transaction.request, this.#grounds);
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

  /** A CANCEL has its own answer; the INVITE it takes back is answered by its handler (RFC 3261 §9.2). */
  #cancel(transaction: ServerTransaction): void {
    const invite = this.#servers.cancelled(transaction.request);
    if (invite === undefined) {
      transaction.respond({ status: 481 });
      return;
    }
    transaction.respond({ status: 200 });
    if (invite === "answered") return;
    const handler = this.#handlers.get("INVITE");
    if (handler?.cancel !== undefined) handler.cancel(invite, transaction.request);
    else invite.respond({ status: 487 });
  }

  #failed(transaction: ServerTransaction, error: unknown): void {
    const { request, flow } = transaction;
    const { callId, method } = request;
    this.#junk.error(flow.remoteHost, "a request could not be handled", { callId, method, error: inWords(error) });
    if (!transaction.isAnswered) transaction.respond({ status: 500 });
  }

  #newTag(): string {
    return this.#random.token(TAG_BITS);
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
